#include <cstdio>

int main() {
  std::puts("gpu_sweep 0.1.0");
  return 0;
}
