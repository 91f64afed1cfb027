"""Keras 3 as the study used it: model.fit with validation data, on the back end of KERAS_BACKEND."""

import os

import peer

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402


def main():
    x_train, y_train, x_validation, y_validation = peer.split()
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((x_train.shape[1],)),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )

    def epoch():
        history = model.fit(
            x_train, y_train, batch_size=peer.BATCH, verbose=0, validation_data=(x_validation, y_validation)
        )
        return history.history["val_accuracy"][-1]

    peer.measure(f"Keras {keras.__version__} on {keras.backend.backend()}", epoch)


main()
