#include "apps/gpu_sweep/flags/flags.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "apps/gpu_sweep/flags/model.h"
#include "engine/experiment/model_keys.h"
#include "tests/support/error_of.h"

namespace gpu_sweep {
namespace {

TEST(Flags, IntegersArePlainDecimalsInRange) {
  const IntegerRange range{0, 1000};
  EXPECT_EQ(parse_integer_flag("--n", "0", range), 0);
  EXPECT_EQ(parse_integer_flag("--n", "1000", range), 1000);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "010", "00", "0x1", "1e2", "1.0", "1001", "1,000",
                           "18446744073709551617", "one"}) {
    EXPECT_THROW(parse_integer_flag("--n", text, range), Error) << text;
  }
}

TEST(Flags, SeedsReachTheLargestSignedInteger) {
  EXPECT_EQ(parse_integer_flag("--seed", "9223372036854775807", kSeedRange), INT64_MAX);
  EXPECT_THROW(parse_integer_flag("--seed", "9223372036854775808", kSeedRange), Error);
}

TEST(Flags, NumbersAreFiniteAndInRange) {
  EXPECT_EQ(parse_number_flag("--x", "0.001", NumberRange::kPositive), 0.001);
  EXPECT_EQ(parse_number_flag("--x", "1e-3", NumberRange::kPositive), 0.001);
  EXPECT_EQ(parse_number_flag("--x", "0", NumberRange::kFraction), 0.0);
  for (const char* text :
       {"", "nan", "inf", "-inf", "infinity", "1e400", "1e39", "1e-60", "0.1x", " 0.1", "0,1", "-0.1"}) {
    EXPECT_THROW(parse_number_flag("--x", text, NumberRange::kPositive), Error) << text;
  }
  EXPECT_THROW(parse_number_flag("--x", "1", NumberRange::kFraction), Error);
}

TEST(Flags, WidthsAreAList) {
  EXPECT_EQ(parse_widths_flag("--hidden", "256,128,64"), (std::vector<int>{256, 128, 64}));
  EXPECT_EQ(parse_widths_flag("--hidden", "8"), std::vector<int>{8});
  EXPECT_TRUE(parse_widths_flag("--hidden", "none").empty());
  for (const char* text : {"", ",", "8,", ",8", "8,,8", "0", "8,65537", "8;8", "8 8", "None"}) {
    EXPECT_THROW(parse_widths_flag("--hidden", text), Error) << text;
  }
  std::string deep = "1";
  for (std::size_t i = 1; i < kMaxHiddenLayers; ++i) deep += ",1";
  EXPECT_EQ(parse_widths_flag("--hidden", deep).size(), kMaxHiddenLayers);
  EXPECT_THROW(parse_widths_flag("--hidden", deep + ",1"), Error);
}

/// Returns the model that the model flags `words` describe.
ModelSpec model_of(const std::vector<std::string>& words) {
  CLI::App app;
  const ModelFlags flags(app);
  app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  return flags.model();
}

TEST(Flags, EveryModelKeyHasItsFlag) {
  CLI::App app;
  const ModelFlags flags(app);
  for (std::string key : model_keys()) {
    std::ranges::replace(key, '_', '-');
    EXPECT_NE(app.get_option_no_throw("--" + key), nullptr) << key;
  }
}

TEST(Flags, OfAModelReplaceItsDefaults) {
  ModelSpec model = model_of({"--hidden", "8,4"});
  ModelSpec expected;
  expected.name = "8-4";
  expected.hidden = {8, 4};
  EXPECT_EQ(model, expected);

  model = model_of({"--hidden", "none", "--activation", "tanh", "--dropout", "0.5", "--momentum", "0.25",
                    "--optimizer", "sgd", "--batch-size", "7", "--epochs", "3", "--shuffle", "off"});
  expected = {"none", {},   Activation::kTanh, 0.5, OptimizerSpec::with_defaults(OptimizerKind::kSgd), 7,
              3,      false};
  expected.optimizer.momentum = 0.25;
  EXPECT_EQ(model, expected);

  EXPECT_EQ(test::error_of(ExitCode::kUsage,
                           [] {
                             model_of({"--epochs", "2"});
                           }),
            "--hidden: missing, expected layer widths such as 256,128, or none");
}

TEST(Flags, AScheduleIsAKindWithItsSettings) {
  const auto schedule_of = [](const std::string& text) {
    return setting_text(model_of({"--hidden", "none", "--schedule", text}).schedule);
  };
  EXPECT_EQ(schedule_of("cosine"), "cosine final_factor=0");
  EXPECT_EQ(schedule_of("cosine,warmup=5"), "cosine final_factor=0 warmup=5");
  EXPECT_EQ(schedule_of("step factor=0.5 every=3"), "step factor=0.5 every=3");
  EXPECT_EQ(schedule_of(" step ,  factor = 0.5  every= 3 "), "step factor=0.5 every=3");
  const auto refusal_of = [&](const std::string& text) {
    return test::error_of(ExitCode::kUsage, [&] { schedule_of(text); });
  };
  EXPECT_EQ(refusal_of("step,warm=5"),
            "--schedule: found 'warm=5' (did you mean 'warmup=X'?), expected factor=X, "
            "every=X or warmup=X");
  EXPECT_EQ(refusal_of("cosine,,warmup=5"), refusal_of("cosine, ,warmup=5"));
  EXPECT_EQ(refusal_of("cosine,warmup"),
            "--schedule: found 'warmup' (did you mean 'warmup=X'?), expected "
            "final_factor=X or warmup=X");
  EXPECT_EQ(
      refusal_of("step,every=0"),
      "--schedule every: found '0', expected a number above 0 that a float can hold (1.5e-45 to 3.4e38)");
  EXPECT_EQ(refusal_of("kosine"),
            "--schedule: found 'kosine' (did you mean 'cosine'?), expected constant, step, "
            "exponential, cosine or reduce_on_plateau");
  EXPECT_EQ(refusal_of("cosine,warmup=99"),
            "schedule.warmup: found 99 epochs, expected less than epochs, 50");
}

TEST(Flags, EarlyStoppingIsAMonitorWithItsSettings) {
  const auto stopping_of = [](const std::string& text) {
    return setting_text(model_of({"--hidden", "none", "--early-stopping", text}).early_stopping);
  };
  EXPECT_EQ(stopping_of("validation_loss,patience=2,restore_best=on"),
            "validation_loss patience=2 min_delta=0 restore_best=true");
  EXPECT_EQ(stopping_of("validation_loss, patience = 2, restore_best =on"),
            stopping_of("validation_loss,patience=2,restore_best=on"));
  const std::string shown = "validation_accuracy patience=3 min_delta=0.5 restore_best=false";
  EXPECT_EQ(stopping_of(shown), shown);
  const auto refusal_of = [&](const std::string& text) {
    return test::error_of(ExitCode::kUsage, [&] { stopping_of(text); });
  };
  EXPECT_EQ(refusal_of("validation_loss,patience=0"),
            "--early-stopping patience: found '0', expected an integer from 1 to 1000000");
  EXPECT_EQ(refusal_of("validation_loss,wait=3"),
            "--early-stopping: found 'wait=3', expected patience=N, "
            "min_delta=X or restore_best=on");
}

TEST(Flags, ClassWeightsAreAWordOrAList) {
  const auto weights_of = [](const std::string& text) {
    return setting_text(model_of({"--hidden", "none", "--class-weights", text}).class_weights);
  };
  EXPECT_EQ(weights_of("balanced"), "balanced");
  EXPECT_EQ(weights_of("none"), "none");
  EXPECT_EQ(weights_of("1,0,2.5"), "1 0 2.5");
  for (const char* text : {"", "1", "0,0", "1,-1", "1,x", "balance"})
    EXPECT_THROW(weights_of(text), Error) << text;
}

TEST(Flags, VaryTakesSourcesOnce) {
  const auto sources_of = [](const std::string& text, const std::string& dropout = "0.2") {
    return setting_text(model_of({"--hidden", "8", "--dropout", dropout, "--vary", text}).vary);
  };
  EXPECT_EQ(sources_of("init"), "init");
  EXPECT_EQ(sources_of("dropout,order"), "order dropout");
  EXPECT_EQ(setting_text(model_of({"--hidden", "8"}).vary), "init order dropout");
  for (const char* text : {"", "init,", "weights", "init,init"}) {
    EXPECT_EQ(test::error_of(ExitCode::kUsage, [&] { sources_of(text); }),
              std::string("--vary: found '") + text +
                  "', expected one or more of init, order or dropout, each once");
  }
  EXPECT_EQ(
      test::error_of(ExitCode::kUsage, [&] { sources_of("dropout", "0"); }),
      "vary: found dropout, but dropout is 0: every run would be the same, expected a source from which "
      "the model draws, such as init");
}

TEST(Flags, AMessageNamesFlagFoundAndExpected) {
  EXPECT_EQ(test::error_of(ExitCode::kUsage, [] { parse_switch_flag("--shuffle", "yes"); }),
            "--shuffle: found 'yes', expected on or off");
}

}  // namespace
}  // namespace gpu_sweep
