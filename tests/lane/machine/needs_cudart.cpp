// Stands for a lane library, which needs one of NVIDIA's libraries.
extern "C" int cudart_answer();
extern "C" __attribute__((visibility("default"))) int needs_cudart_answer() { return cudart_answer(); }
