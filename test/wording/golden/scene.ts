import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../../../src/connection/scope';
import type { Settings } from '../../../src/connection/settings';
import type { Pod } from '../../../src/objects/kubernetes';
import type { Reference } from '../../../src/references/references';
import { ConnectionBench } from '../../connection/support';
import { dedent } from '../../manifest/caret';
import * as said from '../said';

export interface Scene {
  readonly name: string;
  readonly settings?: Partial<Settings>;
  readonly scope?: Scope;
  /** What happens. @returns what is asked of the result; {@link everything} if nothing is returned. */
  readonly play: (bench: ConnectionBench) => Promise<readonly string[]> | Promise<void>;
  /** To the letter, after `golden`. */
  readonly says: string;
}

/** A text as it stands in the source, backslashes included, without its indent. */
export function golden({ raw: [text = ''] }: TemplateStringsArray): string {
  return dedent(text);
}

/** A scene begins at noon of the 10th of June 2025, wherever the test runs. */
export function scene({ name, settings = {}, scope, play, says }: Scene): void {
  test(name, async ({ mock }) => {
    const noon = new Date(2025, 5, 10, 12).getTime();
    mock.timers.enable({ apis: ['Date'], now: noon });
    const bench = new ConnectionBench({ settings, ...(scope === undefined ? {} : { scope }) });
    bench.clock.dayOffset = noon - bench.clock.now();
    const told = (await play(bench)) ?? everything(bench);
    assert.equal(told.join(''), says);
    bench.connection.dispose();
  });
}

/** Every row of both views with the hover of each reference. */
export function everything({ connection }: ConnectionBench): string[] {
  return [
    ...[...connection.pods.all].flatMap((pod) => [
      said.podRowSays(connection, pod),
      ...pod.references.flatMap((reference) => [
        said.referenceRowSays(connection, pod.pod.metadata.namespace ?? '', reference),
        said.hoverSays(connection, pod.pod.metadata.namespace ?? '', reference),
      ]),
    ]),
    ...[...connection.holds.manifests].map((manifest) => said.manifestRowsSay(connection, manifest)),
    ...connection.holds.pins.map((key) => said.pinRowSays(connection, key)),
    ...[...connection.objects.keys()].flatMap((key) => [
      said.objectRowSays(connection, key),
      said.rowsBelowObjectSay(connection, key),
    ]),
    said.standingSays(connection),
  ];
}

/** The rows of the objects alone. */
export function objectRows({ connection }: ConnectionBench): string[] {
  return [...connection.objects.keys()].map((key) => said.objectRowSays(connection, key));
}

/** The rows of the references alone, pod by pod. */
export function referenceRows({ connection }: ConnectionBench): string[] {
  return eachReference(connection.pods.all, (namespace, reference) =>
    said.referenceRowSays(connection, namespace, reference),
  );
}

/** The hovers of the references alone, pod by pod. */
export function hovers({ connection }: ConnectionBench): string[] {
  return eachReference(connection.pods.all, (namespace, reference) => said.hoverSays(connection, namespace, reference));
}

/** A pod whose container mounts its volumes, each at the path of its name. */
export function mounting({ spec, ...pod }: Pod): Pod {
  const volumeMounts = (spec?.volumes ?? []).map(({ name = '' }) => ({ name, mountPath: `/${name}` }));
  return { ...pod, spec: { ...spec, containers: [{ name: 'main', volumeMounts }] } };
}

function eachReference(
  pods: Iterable<{ readonly pod: Pod; readonly references: readonly Reference[] }>,
  say: (namespace: string, reference: Reference) => string,
): string[] {
  return [...pods].flatMap(({ pod, references }) =>
    references.map((reference) => say(pod.metadata.namespace ?? '', reference)),
  );
}

/** A pod with the parts of a spec that a test names, in a container `main` unless it brings its own. */
export function specPod(name: string, spec: NonNullable<Pod['spec']>): Pod {
  return { metadata: { name, namespace: 'shop', uid: `uid-${name}` }, spec, status: { phase: 'Running' } };
}

/** A pod that takes keys of Secrets as variables: `name/key`, with a `?` behind what is optional. */
export function envPod(name: string, ...uses: readonly string[]): Pod {
  const env = uses.map((use) => {
    const [secret = '', key = ''] = use.replace('?', '').split('/');
    const secretKeyRef = { name: secret, key, optional: use.endsWith('?') };
    return { name: key.toUpperCase(), valueFrom: { secretKeyRef } };
  });
  return specPod(name, { containers: [{ name: 'main', env }] });
}
