#include "tests/selftest/lies.h"

#include <iterator>
#include <utility>

namespace gpu_sweep::test {

std::vector<NamedLie> lies() {
  std::vector<NamedLie> all = lies_of_products();
  for (std::vector<NamedLie> more : {lies_of_layers(), lies_of_optimizers(), lies_of_settings()}) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return all;
}

}  // namespace gpu_sweep::test
