// How the samples of a data set are stored: their element type and scale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace gpu_sweep {

enum class InputType : std::uint8_t { kU8, kF32 };

/// An input of the network is scale * element. A batch holds the elements before scaling, because bytes are
/// then exact in every precision of the matrix products. Floats are rounded to bf16 if the products are in
/// bf16.
/// `scale` is the factor (alpha) of the first layer's two matrix products, forward and weight gradient.
struct InputFormat {
  InputType type = InputType::kU8;
  float scale = 1.0f / 255.0f;  ///< maps the pixels of an image to [0, 1]
  friend bool operator==(const InputFormat&, const InputFormat&) = default;
};

/// Calls `call.template operator()<T>()` with T = the C++ type of an element, and returns the result. Throws
/// std::invalid_argument if `type` is not an enumerator.
template <class Call>
decltype(auto) with_input_type(InputType type, const Call& call) {
  switch (type) {
    case InputType::kU8:
      return call.template operator()<std::uint8_t>();
    case InputType::kF32:
      return call.template operator()<float>();
  }
  throw std::invalid_argument("no input type has this number");
}

/// Returns the size of an element in bytes.
inline std::size_t size_of(InputType type) {
  return with_input_type(type, [&]<class T>() { return sizeof(T); });
}

}  // namespace gpu_sweep
