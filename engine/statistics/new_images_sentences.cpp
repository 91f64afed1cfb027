#include "engine/statistics/new_images_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

using Pairs = std::vector<const Comparison*>;

std::string rivals_of(const Pairs& pairs, const std::string& leader) {
  std::vector<std::string> names;
  for (const Comparison* each : pairs) names.push_back(rival_of(*each, leader));
  return quoted_list(names);
}

/// Returns the interval of the lead of `leader` on new images.
Interval lead_on_new_images(const Comparison& pair, const std::string& leader) {
  return seen_from(pair, leader, pair.new_images->simultaneous);
}

std::string test_images(const Comparison& pair) {
  return counted(static_cast<std::size_t>(pair.new_images->analysis.images), "test image");
}

std::string better_on_new_images(const Pairs& pairs, const std::string& leader, bool is_said) {
  if (pairs.empty()) return "";
  const Comparison& first = *pairs.front();
  std::string by;
  if (pairs.size() == 1) {
    const double mean = first.new_images->analysis.on_new_images.mean;
    by = fmt::format("by {} points of test accuracy ({}; {})", points(seen_from(first, leader, mean)),
                     points_range(lead_on_new_images(first, leader)), test_images(first));
  } else {
    double least = lead_on_new_images(first, leader).low;
    for (const Comparison* each : pairs) least = std::min(least, lead_on_new_images(*each, leader).low);
    by = fmt::format("by at least {} points of test accuracy ({})", points(least), test_images(first));
  }
  return is_said ? fmt::format(" On new images, too, {} is better than {}, {}.", quoted(leader),
                               rivals_of(pairs, leader), by)
                 : fmt::format(" {} is better than {} on new images as well as on these, {}.", quoted(leader),
                               rivals_of(pairs, leader), by);
}

std::string open_on_new_images(const Pairs& pairs, const std::string& leader) {
  if (pairs.empty()) return "";
  const Comparison& first = *pairs.front();
  std::string text = fmt::format(" The {} do not say whether {} is better than {} on new images",
                                 test_images(first), quoted(leader), rivals_of(pairs, leader));
  if (pairs.size() == 1 && std::isfinite(first.new_images->simultaneous.low)) {
    const Interval range = lead_on_new_images(first, leader);
    text +=
        fmt::format(": the difference lies between {} and {} points", points(range.low), points(range.high));
  }
  const bool limited = std::ranges::all_of(pairs, [](const Comparison* each) {
    return each->new_images->analysis.images_limit(each->new_images->level);
  });
  return text + (limited ? "; more runs would not change that." : ".");
}

std::string too_few_images(const Pairs& pairs, const std::string& leader) {
  if (pairs.empty()) return "";
  const Comparison& first = *pairs.front();
  const std::string differ =
      pairs.size() == 1
          ? fmt::format("{} and {} differ on only {} of the {}", quoted(leader), rivals_of(pairs, leader),
                        with_thousands(first.new_images->analysis.differing_images), test_images(first))
          : fmt::format("{} differs from each of {} on fewer than {} of the {}", quoted(leader),
                        rivals_of(pairs, leader), kFewestDifferingImages, test_images(first));
  return fmt::format(" {}, so nothing is claimed about new images.", differ);
}

}  // namespace

std::string new_images_sentences(const std::string& leader, std::span<const Comparison* const> beaten,
                                 bool is_said) {
  Pairs better, open, few;
  for (const Comparison* each : beaten) {
    if (!each->new_images) continue;
    const NewImages& found = *each->new_images;
    (found.told ? better : found.analysis.enough_images() ? open : few).push_back(each);
  }
  return better_on_new_images(better, leader, is_said) + open_on_new_images(open, leader) +
         too_few_images(few, leader);
}

}  // namespace gpu_sweep
