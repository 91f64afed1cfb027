// The normal and Student's t-distribution. This header hides Boost.Math, so that the files that include it
// compile fast.
#pragma once

namespace gpu_sweep {

double normal_cdf(double z);
double normal_quantile(double probability);  ///< -inf at 0, +inf at 1
/// Returns 2 P(T > |t|), where T has Student's t-distribution with `degrees` > 0 degrees of freedom.
double student_t_two_sided(double t, double degrees);
double student_t_quantile(double probability, double degrees);

}  // namespace gpu_sweep
