// Run keys as existing stores have them, for every combination of an optimizer and an activation of the first
// version. The keys were recorded before activations and optimizers became rows of a table. A row that is
// added later must not change any of them.
#include <gtest/gtest.h>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_key.h"
#include "tests/support/small_dataset.h"

namespace gpu_sweep {
namespace {

struct GoldenKey {
  const char* model;  ///< the lines of a [[model]]
  const char* key;
};

constexpr GoldenKey kGoldenKeys[] = {
    {"activation = \"relu\"\noptimizer = \"adam\"\n",
     "5237e09405ca2a89b82554f5c2f8f8698b80d18d208a05fdd8fa962732c5328a"},
    {"activation = \"relu\"\ndropout = 0.35\noptimizer = { name = \"adam\", learning_rate = 0.002, beta1 = "
     "0.8, beta2 = 0.99, epsilon = 1e-5 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "13151d8f3fd811e65af2c637abeb7bfad0edf3451f129f06218e98a09b4efc5d"},
    {"activation = \"relu\"\noptimizer = \"sgd\"\n",
     "2c91f5374cf3d755b987d1d4b21ce1d9c75930d9a24ec44bcda22b4ac7ce0b70"},
    {"activation = \"relu\"\ndropout = 0.35\noptimizer = { name = \"sgd\", learning_rate = 0.1, momentum = "
     "0.9 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "efcbe6cfd0defb53fa7455b9d0dbcc5dfe0cea6674d9f153d129c6f7c0660ff1"},
    {"activation = \"relu\"\noptimizer = \"rmsprop\"\n",
     "c9b57467fbba50fd02e0b1757c8b5471e811875491339c5e4c1d22af87062590"},
    {"activation = \"relu\"\ndropout = 0.35\noptimizer = { name = \"rmsprop\", learning_rate = 0.01, rho = "
     "0.5, epsilon = 1e-6 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "4d602804ed78454c50c19a7f0284b240d9433081cc8b5223333f55b33ea36c12"},
    {"activation = \"sigmoid\"\noptimizer = \"adam\"\n",
     "7792bc39eae16659df5034a9194f075a233cc7c5be3d09f0831de74c253f6397"},
    {"activation = \"sigmoid\"\ndropout = 0.35\noptimizer = { name = \"adam\", learning_rate = 0.002, beta1 "
     "= 0.8, beta2 = 0.99, epsilon = 1e-5 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "4d65464e6c6432cbbc4f65a6fc2b30c68da5ccfc244e054d86fea239dd5a05de"},
    {"activation = \"sigmoid\"\noptimizer = \"sgd\"\n",
     "be6d1e02ce45d074c754bf3be9b417816d4a26ecbe36cafa25bf7f596d31d09b"},
    {"activation = \"sigmoid\"\ndropout = 0.35\noptimizer = { name = \"sgd\", learning_rate = 0.1, momentum "
     "= 0.9 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "6d001fee5c8417ce64420c8b5331be5841db412b91dc07a7c2610a156d141158"},
    {"activation = \"sigmoid\"\noptimizer = \"rmsprop\"\n",
     "2f234888613048cbed51c05cda1cc9b4d0c7ccdce8793c084752b46a8dec6c4a"},
    {"activation = \"sigmoid\"\ndropout = 0.35\noptimizer = { name = \"rmsprop\", learning_rate = 0.01, rho "
     "= 0.5, epsilon = 1e-6 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "bc3026860e6b3852ca441901f078346493394ad511168b87254c6fe19290a4e6"},
    {"activation = \"tanh\"\noptimizer = \"adam\"\n",
     "27a6256ba1928ea1d833894c2f8fd70bd78dc771b8220df5e4517e896d4cf0a9"},
    {"activation = \"tanh\"\ndropout = 0.35\noptimizer = { name = \"adam\", learning_rate = 0.002, beta1 = "
     "0.8, beta2 = 0.99, epsilon = 1e-5 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "6f00e1c0d77ac525f4ede56ee6c961426a06bc9809b2ba9147c5f2982d50dec2"},
    {"activation = \"tanh\"\noptimizer = \"sgd\"\n",
     "4b5b3d5692129852a912b5b1cbc46719f7783b3f56d1a8e0edad297e86fddc85"},
    {"activation = \"tanh\"\ndropout = 0.35\noptimizer = { name = \"sgd\", learning_rate = 0.1, momentum = "
     "0.9 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "cdeed70e64ba0d41e15a003da12081c1c08634ef96947d3956ebd39430ad93a7"},
    {"activation = \"tanh\"\noptimizer = \"rmsprop\"\n",
     "ed0564ef9e9909445f0ac922c5a41a722b384970286008d065fdca87f7127f75"},
    {"activation = \"tanh\"\ndropout = 0.35\noptimizer = { name = \"rmsprop\", learning_rate = 0.01, rho = "
     "0.5, epsilon = 1e-6 }\nbatch_size = 64\nepochs = 3\nshuffle = false\n",
     "0153a2a3fa44dd95124d000f847597017ecb4bac880a9f64593d5cf0f01d26a8"},
};

std::string key_of(const std::string& lines) {
  const Experiment experiment = parse_experiment(
      "name = \"golden\"\nruns = 1\n[[model]]\nname = \"m\"\nhidden = [24, 16]\n" + lines, "golden.toml");
  return run_key(experiment.models.at(0), 7, Precision::kFp32, "cpu", small_dataset());
}

TEST(GoldenRunKeys, OfOlderModelsNeverMove) {
  for (const GoldenKey& golden : kGoldenKeys) EXPECT_EQ(key_of(golden.model), golden.key) << golden.model;
}

}  // namespace
}  // namespace gpu_sweep
