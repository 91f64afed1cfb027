#include "engine/store/formats/data_settings_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/data/shown_text.h"

namespace gpu_sweep {
namespace {

nlohmann::ordered_json hold_out_json(const HoldOut& rows) {
  if (rows.is_none()) return "none";
  return {{"fraction", rows.fraction}, {"seed", rows.seed}, {"stratified", rows.stratified}};
}

std::optional<HoldOut> hold_out_at(const nlohmann::ordered_json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  if (*found == "none") return kNoRows;
  HoldOut rows;
  rows.fraction = found->at("fraction").get<double>();
  rows.seed = found->at("seed").get<std::uint32_t>();
  rows.stratified = found->at("stratified").get<bool>();
  if (!(rows.fraction > 0 && rows.fraction < 1)) {
    throw std::invalid_argument(std::string(key) + ": a fraction that is not between 0 and 1");
  }
  return rows;
}

}  // namespace

nlohmann::ordered_json to_json(const DataSettings& settings) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (settings.normalize) json["normalize"] = to_string(*settings.normalize);
  if (settings.validation) json["validation"] = hold_out_json(*settings.validation);
  if (!settings.target.empty()) json["target"] = settings.target;
  if (settings.test) json["test"] = hold_out_json(*settings.test);
  if (settings.split != SplitPolicy::kShared) json["split"] = to_string(settings.split);
  if (settings.judge) json["judge"] = hold_out_json(*settings.judge);
  return json;
}

DataSettings data_settings_from_json(const nlohmann::ordered_json& json) {
  DataSettings settings;
  if (const auto found = json.find("normalize"); found != json.end()) {
    const auto word = found->get<std::string>();
    settings.normalize = parse_normalize(word);
    if (!settings.normalize) throw std::invalid_argument("unknown normalize " + shown_text(word));
  }
  settings.validation = hold_out_at(json, "validation");
  settings.target = json.value("target", "");
  settings.test = hold_out_at(json, "test");
  if (const auto found = json.find("split"); found != json.end()) {
    const auto word = found->get<std::string>();
    const std::optional<SplitPolicy> split = parse_split_policy(word);
    if (!split) throw std::invalid_argument("unknown split " + shown_text(word));
    settings.split = *split;
  }
  settings.judge = hold_out_at(json, "judge");
  if (settings.judge == kNoRows) throw std::invalid_argument("judge: no rows");
  return settings;
}

}  // namespace gpu_sweep
