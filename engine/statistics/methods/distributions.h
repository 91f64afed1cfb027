// The distribution functions that the statistics need, from Boost.Math. This header hides Boost, so that only
// one source file compiles it and all others compile fast.
#pragma once

namespace gpu_sweep {

double normal_cdf(double z);
double normal_quantile(double probability);  ///< -inf at 0, +inf at 1
/// Returns 2 P(T > |t|), where T has Student's t-distribution with `degrees` > 0 degrees of freedom.
double student_t_two_sided(double t, double degrees);
double student_t_quantile(double probability, double degrees);

}  // namespace gpu_sweep
