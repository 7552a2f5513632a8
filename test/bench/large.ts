import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster } from '../../src/cluster/contract';
import { systemClock } from '../../src/objects/systemClock';
import type { ObjectCopy } from '../../src/objects/objectCopy';
import type { Answer } from '../../src/objects/failure';
import { Sealed } from '../../src/objects/sealed';
import { startApiServer } from '../harness/apiServer';
import { largeObjects } from '../harness/largeObjects';
import type { KubeObject } from '../harness/kubeObjects';
import { BlockProbe } from './blockProbe';
import { printTable, type Row } from './table';

const rounds = 20;
/** From asking to the copy, over loopback: the least of the rounds. */
const readBudgetMs = 100;
const blockBudgetMs = 50;

/** Reads the largest objects that a server takes, from a real one. Sets the exit code when a budget is not kept. */
export async function benchLarge(): Promise<void> {
  const namespace = 'large';
  const server = await startApiServer({ address: '127.0.0.2' });
  const probe = new BlockProbe();
  try {
    const objects = largeObjects(namespace);
    await server.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...objects]);
    const cluster = await clusterOf(server.kubeconfig());
    const rows: Row[] = [];
    for (const object of objects) rows.push(await rowOf(cluster, object, probe));
    cluster.dispose();
    printTable(
      `Large objects, read from a real kube-apiserver ${rounds} times`,
      [
        'object',
        'keys',
        'kB',
        `read, least and median ms (${readBudgetMs})`,
        `longest block ms (${blockBudgetMs})`,
        '',
      ],
      rows,
    );
    if (rows.some((row) => row.includes('BEYOND'))) process.exitCode = 1;
  } finally {
    probe.stop();
    await server.stop();
  }
}

async function rowOf(cluster: Cluster, { kind, metadata }: KubeObject, probe: BlockProbe): Promise<Row> {
  const { namespace = '', name } = metadata;
  const times: number[] = [];
  let copy: ObjectCopy | undefined;
  await probe.take();
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const answer: Answer<ObjectCopy> = await (kind === 'Secret'
      ? cluster.getSecret(namespace, name, { resourceVersion: '' })
      : cluster.getConfigMap(namespace, name, { resourceVersion: '' }));
    times.push(performance.now() - start);
    if (!answer.ok) throw new Error(answer.failure.message);
    copy = answer.value;
  }
  const blocks = await probe.take();
  const block = blocks[0]?.ownMs ?? 0;
  times.sort((a, b) => a - b);
  const [least = 0, median = 0] = [times[0], times[rounds / 2]];
  const values = [...(copy?.data.values() ?? [])];
  const bytes = values.reduce((sum, { size }) => sum + size, 0);
  return [
    `${kind} ${name.slice(0, 20)}`,
    String(values.length),
    (bytes / 1000).toFixed(0),
    `${least.toFixed(1)}, ${median.toFixed(1)}`,
    block === 0 ? 'under 8' : block.toFixed(0),
    least > readBudgetMs || block > blockBudgetMs ? 'BEYOND' : '',
  ];
}

async function clusterOf(kubeconfig: string): Promise<Cluster> {
  const reading = await readKubeconfig({ paths: [kubeconfig], env: {}, home: '/' });
  if (reading.state !== 'loaded') throw new Error(`the kubeconfig is ${reading.state}`);
  const answer = connect(reading.kubeconfig, reading.kubeconfig.currentContext ?? '', {
    clock: systemClock(),
    log: { request: () => undefined, warn: () => undefined },
    random: Math.random,
    seal: (base64) => new Sealed(base64),
    env: {},
    pluginFolders: [],
    pluginTimeoutMs: 1_000,
    requestTimeoutMs: 15_000,
  });
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}
