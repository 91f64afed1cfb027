#include "engine/program/builders.h"
#include "engine/program/layer_ops.h"

namespace gpu_sweep {

Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes) {
  Program program = empty_program(layout, "begin_evaluation");
  BeginPass begin = begin_pass(layout, layout.evaluation_state, layout.evaluation_metrics);
  begin.clear_confusion = keep_classes;
  program.ops.push_back(begin);
  return program;
}

Program build_evaluation_step(const GroupLayout& layout, Set set, bool keep_classes) {
  Program program = empty_program(layout, "evaluation_step");

  GatherBatch batch = gather(layout, set, layout.evaluation_batch);
  batch.replicas = 1;  // every replica sees the same rows
  batch.shuffled = false;
  batch.state = layout.evaluation_state;
  batch.x = layout.evaluation_x;
  batch.y = layout.evaluation_y;
  program.ops.push_back(batch);

  append_forward(program, layout,
                 {false, layout.evaluation_batch, layout.evaluation_x, layout.evaluation_state,
                  layout.evaluation_logits, &layout.evaluation_activations});

  EvaluateLogits evaluate;
  evaluate.replicas = layout.replicas;
  evaluate.batch = layout.evaluation_batch;
  evaluate.classes = layout.spec.classes;
  evaluate.leading = layout.parameters.layers.back().padded_outputs;
  evaluate.rows = batch.rows;
  evaluate.keep_classes = keep_classes;
  evaluate.logits = layout.evaluation_logits;
  evaluate.bias = bias_of(layout, layout.weights, static_cast<int>(layout.spec.hidden.size()));
  evaluate.labels = layout.evaluation_y;
  evaluate.state = layout.evaluation_state;
  evaluate.metrics = layout.evaluation_metrics;
  evaluate.confusion = layout.confusion;
  evaluate.predictions = layout.predictions;
  program.ops.push_back(evaluate);

  Advance advance;
  advance.replicas = layout.replicas;
  advance.batch = layout.evaluation_batch;
  advance.optimiser_step = false;
  advance.state = layout.evaluation_state;
  advance.replica_state = layout.replica_state;
  program.ops.push_back(advance);
  return program;
}

}  // namespace gpu_sweep
