// How the samples of a data set are stored: their element type and scale. Dataset::pixels and the CPU's
// gather assume kU8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace gpu_sweep {

enum class InputType : std::uint8_t { kU8 };

/// An input of the network is scale * element. A batch holds the elements as they are (0..255, exact in
/// bf16); `scale` is the alpha of the first layer's two products.
struct InputFormat {
  InputType type = InputType::kU8;
  float scale = 1.0f / 255.0f;  ///< from the pixels of an image to [0, 1]
};

/// Calls `call.template operator()<T>()` with the C++ type of an element, and returns what it returns. Throws
/// std::invalid_argument if `type` is not an enumerator.
template <class Call>
decltype(auto) with_input_type(InputType type, const Call& call) {
  switch (type) {
    case InputType::kU8:
      return call.template operator()<std::uint8_t>();
  }
  throw std::invalid_argument("no input type has this number");
}

/// Bytes of an element.
inline std::size_t size_of(InputType type) {
  return with_input_type(type, [&]<class T>() { return sizeof(T); });
}

}  // namespace gpu_sweep
