// The generator, in a thread beside the page: it is unpacked once, and then asked for samples.

let runtime, session;

const bytesOf = async (text) =>
  (await fetch("data:application/octet-stream;base64," + text)).arrayBuffer();

const unpacked = async (text) => {
  const packed = new Blob([await bytesOf(text)]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
};

async function start({ script, wasm, model }) {
  const [source, binary, weights] = await Promise.all([script, wasm, model].map(unpacked));
  const place = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  runtime = await import(place);
  URL.revokeObjectURL(place);
  runtime.env.wasm.numThreads = 1;  // threads want a server's headers
  runtime.env.wasm.wasmBinary = binary;
  session = await runtime.InferenceSession.create(new Uint8Array(weights), {
    executionProviders: ["wasm"],
  });
}

async function run(inputs) {
  const tensors = {};
  for (const [name, { type, values, shape }] of Object.entries(inputs)) {
    tensors[name] = new runtime.Tensor(type, values, shape);
  }
  const outputs = {};
  for (const [name, tensor] of Object.entries(await session.run(tensors))) {
    outputs[name] = { values: tensor.data, shape: tensor.dims };
  }
  return outputs;
}

self.onmessage = async ({ data }) => {
  try {
    const outputs = data.start ? await start(data.start) : await run(data.inputs);
    self.postMessage({ id: data.id, outputs });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error.message || error) });
  }
};
