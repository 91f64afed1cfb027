#include "engine/statistics/new_images_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

using Pairs = std::vector<const Comparison*>;

const std::string& rival_of(const Comparison& pair, const std::string& leader) {
  return pair.a == leader ? pair.b : pair.a;
}

std::string rivals_of(const Pairs& pairs, const std::string& leader) {
  std::vector<std::string> names;
  for (const Comparison* each : pairs) names.push_back(rival_of(*each, leader));
  return quoted_list(names);
}

/// The interval of the lead of `leader` on new images.
Interval lead_on_new_images(const Comparison& pair, const std::string& leader) {
  return seen_from(pair, leader, pair.new_images->simultaneous);
}

std::string test_images(const Comparison& pair) {
  return counted(static_cast<std::size_t>(pair.new_images->analysis.images), "test image");
}

std::string better_on_new_images(const Pairs& pairs, const std::string& leader) {
  if (pairs.empty()) return "";
  const Comparison& first = *pairs.front();
  std::string by;
  if (pairs.size() == 1) {
    const double mean = first.new_images->analysis.on_new_images.mean;
    by = fmt::format("by {} points ({}; {})", points(first.a == leader ? mean : -mean),
                     points_range(lead_on_new_images(first, leader)), test_images(first));
  } else {
    double least = lead_on_new_images(first, leader).low;
    for (const Comparison* each : pairs) least = std::min(least, lead_on_new_images(*each, leader).low);
    by = fmt::format("by at least {} points ({})", points(least), test_images(first));
  }
  return fmt::format(" On new images, too, {} is better than {}, {}.", quoted(leader),
                     rivals_of(pairs, leader), by);
}

std::string open_on_new_images(const Pairs& pairs, const std::string& leader) {
  if (pairs.empty()) return "";
  const Comparison& first = *pairs.front();
  std::string text = fmt::format(" Whether {} is better than {} on new images, the {} do not say",
                                 quoted(leader), rivals_of(pairs, leader), test_images(first));
  if (pairs.size() == 1) {
    const Interval range = lead_on_new_images(first, leader);
    text +=
        fmt::format(": the difference lies between {} and {} points", points(range.low), points(range.high));
  }
  const bool limited =
      std::ranges::all_of(pairs, [](const Comparison* each) { return each->new_images->images_limit(); });
  return text + (limited ? "; more runs would not change that." : ".");
}

std::string too_few_images(const Pairs& pairs, const std::string& leader) {
  std::string text;
  for (const Comparison* each : pairs) {
    const TwoWay& found = each->new_images->analysis;
    text += fmt::format(" {} and {} differ on only {} of the {}, so nothing is claimed about new images.",
                        quoted(leader), quoted(rival_of(*each, leader)),
                        with_thousands(found.differing_images), test_images(*each));
  }
  return text;
}

}  // namespace

std::string new_images_sentences(const std::string& leader, std::span<const Comparison* const> beaten) {
  Pairs better, open, few;
  for (const Comparison* each : beaten) {
    if (!each->new_images) continue;
    if (!each->new_images->analysis.enough_images()) {
      few.push_back(each);
    } else if (lead_on_new_images(*each, leader).low > 0) {
      better.push_back(each);
    } else {
      open.push_back(each);
    }
  }
  return better_on_new_images(better, leader) + open_on_new_images(open, leader) +
         too_few_images(few, leader);
}

}  // namespace gpu_sweep
