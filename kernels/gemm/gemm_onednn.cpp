#include "kernels/gemm/gemm_onednn.h"

#include <dnnl.hpp>
#include <string>

#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

using dnnl::memory;
using Dims = memory::dims;

memory::data_type data_type(DType type) {
  return type == DType::kBf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

memory::desc row_major(dnnl_dim_t rows, dnnl_dim_t columns, DType type) {
  return {Dims{rows, columns}, data_type(type), Dims{columns, 1}};
}

memory::desc transposed(dnnl_dim_t rows, dnnl_dim_t columns, DType type) {
  return {Dims{columns, rows}, data_type(type), Dims{1, columns}};
}

dnnl::engine cpu_engine() { return dnnl::engine(dnnl::engine::kind::cpu, 0); }

/// Returns the name by which ONEDNN_MAX_CPU_ISA refers to the instruction set, or "instruction set N" with
/// its number N if this program does not know the name.
std::string instruction_set_name(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41:
      return "SSE41";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2_VNNI";
    case dnnl::cpu_isa::avx512_core:
      return "AVX512_CORE";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX512_CORE_VNNI";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX512_CORE_BF16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "AVX512_CORE_AMX";
    default:
      return "instruction set " + std::to_string(static_cast<unsigned>(isa));
  }
}

}  // namespace

bool supports_bf16() {
  const auto isa = dnnl::get_effective_cpu_isa();
  return static_cast<unsigned>(isa) >= static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
}

std::string product_numerics() {
  const dnnl_version_t& version = *dnnl::version();
  return "oneDNN " + std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch) + " " + instruction_set_name(dnnl::get_effective_cpu_isa());
}

/// Addresses are set and the primitive is executed through oneDNN's C interface. The C++ interface builds a
/// hash table of the arguments in every execution, which takes as long as a small product.
struct GemmPrimitive::Impl {
  Gemm op;
  dnnl::stream stream;
  dnnl::matmul primitive;
  memory a, b, c;

  void set(memory& argument, const std::byte* bytes) const {
    dnnl::error::wrap_c_api(dnnl_memory_set_data_handle(argument.get(), const_cast<std::byte*>(bytes)),
                            "could not set the address of a matrix");
  }
};

GemmPrimitive::GemmPrimitive(const Gemm& op) {
  const auto engine = cpu_engine();
  const DType in = op.input_type;
  memory::desc a, b, c;
  switch (op.product) {
    case Product::kForward:
      a = row_major(op.batch, op.inputs, in);
      b = row_major(op.inputs, op.outputs, in);
      c = row_major(op.batch, op.outputs, op.output_type);
      break;
    case Product::kWeightGradient:
      a = transposed(op.batch, op.inputs, in);
      b = row_major(op.batch, op.outputs, in);
      c = row_major(op.inputs, op.outputs, op.output_type);
      break;
    case Product::kInputGradient:
      a = row_major(op.batch, op.outputs, in);
      b = transposed(op.inputs, op.outputs, in);
      c = row_major(op.batch, op.inputs, op.output_type);
      break;
  }
  dnnl::primitive_attr attributes;
  if (op.alpha != 1.0f) attributes.set_output_scales(0, {op.alpha});
  const dnnl::matmul::primitive_desc descriptor({a, b, c}, attributes, engine);
  impl_.reset(new Impl{op, dnnl::stream(engine), dnnl::matmul(descriptor), memory(a, engine, nullptr),
                       memory(b, engine, nullptr), memory(c, engine, nullptr)});
}

GemmPrimitive::GemmPrimitive(GemmPrimitive&&) noexcept = default;
GemmPrimitive& GemmPrimitive::operator=(GemmPrimitive&&) noexcept = default;
GemmPrimitive::~GemmPrimitive() = default;

void GemmPrimitive::execute(const Memory& spaces) {
  Impl& impl = *impl_;
  const dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, impl.a.get()}, {DNNL_ARG_WEIGHTS, impl.b.get()}, {DNNL_ARG_DST, impl.c.get()}};
  for (int r = 0; r < impl.op.replicas; ++r) {
    impl.set(impl.a, read<std::byte>(spaces, impl.op.a, r));
    impl.set(impl.b, read<std::byte>(spaces, impl.op.b, r));
    impl.set(impl.c, write<std::byte>(spaces, impl.op.c, r));
    dnnl::error::wrap_c_api(dnnl_primitive_execute(impl.primitive.get(), impl.stream.get(), 3, arguments),
                            "could not execute a matrix product");
  }
  impl.stream.wait();
}

}  // namespace gpu_sweep::cpu
