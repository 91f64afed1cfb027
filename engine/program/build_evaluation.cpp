#include "engine/program/builders.h"
#include "engine/program/layer_ops.h"

namespace gpu_sweep {

Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes) {
  Program program = empty_program(layout, "begin_evaluation");
  BeginPass begin = begin_pass(layout, evaluation_pass(layout, Split::kTrain));
  begin.clear_confusion = keep_classes;
  program.ops.push_back(begin);
  return program;
}

Program build_evaluation_step(const GroupLayout& layout, Split split, bool keep_classes) {
  // The objective is needed only for a run's history, whose evaluations keep no classes.
  const bool with_objective = split == Split::kTrain && !keep_classes;
  Program program = empty_program(layout, "evaluation_step");
  const Pass pass = evaluation_pass(layout, split);
  GatherBatch batch = gather(layout, pass);
  batch.replicas = batch.pool > 0 ? layout.replicas : 1;  // without a pool, all replicas share the rows
  program.ops.push_back(batch);
  append_forward(program, layout, pass);

  auto evaluate = output_op<EvaluateLogits>(layout, pass);
  evaluate.keep_classes = keep_classes;
  evaluate.keep_probabilities = keep_classes && layout.keep_probabilities && split == Split::kTest;
  evaluate.confusion = layout.confusion;
  evaluate.predictions = layout.predictions;
  evaluate.probabilities = layout.probabilities;
  if (with_objective) set_objective(evaluate, layout);
  program.ops.push_back(evaluate);
  if (with_objective && layout.spec.extras.penalized) program.ops.push_back(weight_penalty(layout, pass));

  program.ops.push_back(advance(layout, pass));
  return program;
}

}  // namespace gpu_sweep
