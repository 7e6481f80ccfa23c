"""A convolutional layer as a class, with scipy.signal; one bias for each output position."""

import numpy as np
from scipy import signal


class Convolutional:
    def __init__(self, kernels, biases):
        self.kernels = kernels
        self.biases = biases

    def forward(self, input):
        self.input = input
        self.output = np.copy(self.biases)
        for i in range(self.kernels.shape[0]):
            for j in range(self.kernels.shape[1]):
                self.output[i] += signal.correlate2d(self.input[j], self.kernels[i, j], "valid")
        return self.output

    def backward(self, output_gradient):
        self.kernels_gradient = np.zeros(self.kernels.shape)
        input_gradient = np.zeros(self.input.shape)
        for i in range(self.kernels.shape[0]):
            for j in range(self.kernels.shape[1]):
                self.kernels_gradient[i, j] = signal.correlate2d(self.input[j], output_gradient[i], "valid")
                input_gradient[j] += signal.convolve2d(output_gradient[i], self.kernels[i, j], "full")
        self.biases_gradient = output_gradient.copy()
        return input_gradient
