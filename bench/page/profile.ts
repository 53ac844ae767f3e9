/** What the runtime's own profile says of a graph: time by kind of node, the least of several runs for each node. */
export interface Profile {
  /** Kind of node to milliseconds a run. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The dearest nodes, first. */
  readonly nodes: readonly { readonly kind: string; readonly shapes: string; readonly ms: number }[];
}

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args: { readonly op_name: string; readonly input_type_shape: readonly Readonly<Record<string, readonly number[]>>[]; readonly output_type_shape: readonly Readonly<Record<string, readonly number[]>>[] };
}

const shape = (tensor: Readonly<Record<string, readonly number[]>> | undefined): readonly number[] => Object.values(tensor ?? {})[0] ?? [];

/** Convolutions by what they do; other nodes by their operator, fused or not. */
function kindOf({ args }: Event): string {
  const [, channels = 0, height = 0] = shape(args.input_type_shape[1]);
  if (args.op_name === 'ConvInteger') return 'convolution, int8';
  if (args.op_name.endsWith('Conv')) return channels === 1 ? 'convolution, depthwise' : height === 1 ? 'convolution, 1 x 1' : 'convolution, dense';
  if (/^(MatMulInteger|DynamicQuantizeMatMul)/.test(args.op_name)) return 'product, int8';
  if (/MatMul|Gemm/.test(args.op_name)) return 'product, fp32';
  if (args.op_name === 'DynamicQuantizeLinear') return 'quantising';
  return 'everything else';
}

/** @param lines what the runtime printed: one JSON event a line */
export function readProfile(lines: readonly string[], most: number): Profile {
  const least = new Map<string, { kind: string; shapes: string; ms: number }>();
  for (const line of lines.join('\n').split('\n')) {
    if (!line.startsWith('{"cat" : "Node"')) continue;
    const event = JSON.parse(line.replace(/,\s*$/, '')) as Event;
    if (!event.name.endsWith('_kernel_time')) continue;
    const ms = event.dur / 1000;
    const known = least.get(event.name);
    if (known) known.ms = Math.min(known.ms, ms);
    else least.set(event.name, { kind: kindOf(event), ms, shapes: `${event.args.op_name} [${shape(event.args.input_type_shape[0]).join(', ')}] x [${shape(event.args.input_type_shape[1]).join(', ')}]` });
  }
  const kinds: Record<string, number> = {};
  for (const { kind, ms } of least.values()) kinds[kind] = (kinds[kind] ?? 0) + ms;
  return { kinds, nodes: [...least.values()].toSorted((a, b) => b.ms - a.ms).slice(0, most) };
}
