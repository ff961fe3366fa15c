// What the page and Node train alike.

const steps = 50;

export const mnistSteps = { steps, batch: 32, options: { hidden: 32, learningRate: 0.01, steps, seed: 1 } } as const;
