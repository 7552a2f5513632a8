import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import type * as vscode from 'vscode';
import { ApiRequests } from '../harness/apiRequests';
import { resolveTestNames } from '../harness/testNames';
import { waitFor } from '../harness/waiting';
import { objectName } from './faultNames';
import { canary, openManifest, Stage, token, type User } from './faultStage';
import { faults, type FaultRow, type Given, type Shown } from './faultTable';
import type { FaultSetting } from './faultSetting';

/** Stages at a time. */
const parallel = 24;
/** Seconds that a fault may take to be seen: a pass, and the time that a request or a plugin has. */
const noticeSeconds = 220;
/** What the Pods view says while nothing is wrong. */
const wellSaid = /^test · shop\n(Current context|Context from the settings)\.$/;
/** Seconds for the reading itself. */
const readingSeconds = 10;

describe('faults, from the socket to the rows', () => {
  const only = process.env['KUBEFRESH_FAULT'];
  const rows = faults.filter(({ fault }) => only === undefined || fault.includes(only));
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  const names = new Map<string, string>();
  const resolving = resolveTestNames((name) => names.get(name));
  const runs = new Map<string, Promise<void>>();

  before(async () => {
    process.on('unhandledRejection', note);
    const given = await giveWorld(names);
    const manifest = await openManifest();
    const waiting: (() => Promise<void>)[] = [];
    const plan = (title: string, run: () => Promise<void>): void => {
      const result = new Promise<void>((resolve, reject) => {
        waiting.push(() => run().then(resolve, reject));
      });
      // Whoever waits for it may come later.
      result.catch(() => undefined);
      runs.set(title, result);
    };
    for (const row of rows) {
      for (const [title, run] of casesOf(row)) plan(`${row.fault} ${title}`, () => run(given, manifest));
    }
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
    };
    for (let i = 0; i < parallel; i += 1) void worker();
  });

  after(() => {
    process.off('unhandledRejection', note);
    resolving.dispose();
  });

  for (const row of rows) {
    describe(row.fault, () => {
      for (const [title] of casesOf(row)) it(title, () => runs.get(`${row.fault} ${title}`));
    });
  }

  it('leave no rejection unhandled', () => {
    assert.deepEqual(unhandled, []);
  });
});

type Case = (given: Given, manifest: vscode.TextDocument) => Promise<void>;

function casesOf(row: FaultRow): [title: string, run: Case][] {
  const { first, later, unnoticed } = row;
  const cases: [string, Case][] = [];
  if (first !== undefined) {
    cases.push([
      'from the start',
      (given, manifest) =>
        onStage(row, given, async (stage) => {
          const heal = await row.arrange(stage, given);
          stage.openSideBar();
          await shows(stage, first, manifest, given);
          await recovers(stage, heal, first.recovers);
        }),
    ]);
  }
  if (later !== undefined) {
    cases.push([
      'after all was well',
      (given, manifest) =>
        onStage(row, given, async (stage) => {
          const podRows = await becomesWell(stage, row, given);
          const heal = await row.arrange(stage, given);
          await shows(stage, later, manifest, given);
          if (later.row !== undefined) assert.deepEqual(podLabels(stage), podRows, 'the pods stay');
          await recovers(stage, heal, later.recovers);
        }),
    ]);
  }
  if (unnoticed !== undefined) {
    cases.push([
      'is not noticed',
      (given) =>
        onStage(row, given, async (stage) => {
          await becomesWell(stage, row, given);
          await row.arrange(stage, given);
          stage.changeCluster();
          const look = (): true | undefined => {
            assert.match(stage.podsSay, wellSaid);
            assert.ok(['✓', '~'].includes(stage.row?.badge ?? ''), stage.rowSays);
            return isWell(stage) || undefined;
          };
          await stage.until(look, unnoticed + readingSeconds, 'the change to be seen');
        }),
    ]);
  }
  return cases;
}

async function onStage(row: FaultRow, given: Given, act: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open(row.stage?.(given) ?? {});
  try {
    await act(stage);
  } catch (error) {
    stage.abandon();
    throw error;
  }
  await stage.close();
}

async function becomesWell(stage: Stage, row: FaultRow, given: Given): Promise<string[]> {
  row.prepare?.(stage, given);
  stage.openSideBar();
  await stage.until(() => isRead(stage) || undefined, 60, 'the first read');
  return podLabels(stage);
}

async function shows(stage: Stage, shown: Shown, manifest: vscode.TextDocument, given: Given): Promise<void> {
  const limit = shown.noticed ?? noticeSeconds;
  await stage.until(() => stage.podsSay === shown.pods || undefined, limit, `the Pods view to say\n${shown.pods}`);
  // The TTL of the sample is 0, so a hover asks. A pass may give up before it comes to the Secret.
  if (stage.api === undefined) await stage.hover(manifest);
  const row = shown.row ?? 'nothing';
  await stage.until(() => (stage.rowSays ?? 'nothing') === row || undefined, limit, `the row to say\n${row}`);
  // The row has the reason of the first request that failed, until the Secret itself is asked for.
  const tooltip = (): string => stage.plain(stage.row?.tooltip() ?? '');
  const reason = shown.hover.at(-1)!;
  if (/^[!✗⊘]/.test(row)) {
    await stage.until(() => tooltip().includes(reason) || undefined, limit, `the tooltip to say\n${reason}`);
  }
  const hover = await stage.hover(manifest);
  const print = process.env['KUBEFRESH_FAULT_PRINT'];
  if (print !== undefined) appendFileSync(print, `\n## ${shown.pods}\n${stage.report()}\nHover:\n${hover}\n`);
  for (const sentence of shown.hover)
    assert.ok(hover.includes(sentence), `the hover says\n${hover}\nand not\n${sentence}`);
  const all = [stage.report(), hover, ...stage.log].join('\n');
  for (const secret of [canary, token, given.token]) assert.ok(!all.includes(secret), 'nothing secret is told');
}

async function recovers(stage: Stage, heal: () => void | Promise<void>, seconds: number): Promise<void> {
  stage.changeCluster();
  await heal();
  await stage.until(() => isWell(stage) || undefined, seconds + readingSeconds, 'all to be well again');
}

/** The Secret and the pods are as they are in the cluster. */
function isWell(stage: Stage): boolean {
  if (!isRead(stage) || !wellSaid.test(stage.podsSay)) return false;
  return stage.api === undefined || (stage.rowSays?.includes('3 keys') === true && podLabels(stage).includes('late'));
}

function isRead(stage: Stage): boolean {
  return stage.row?.badge === '✓' || stage.row?.badge === '↻';
}

function podLabels(stage: Stage): string[] {
  return stage.views.podRows().map(({ label }) => label);
}

async function giveWorld(names: Map<string, string>): Promise<Given> {
  const setting = JSON.parse(process.env['KUBEFRESH_FAULTS'] ?? '') as FaultSetting;
  const authority = readFileSync(setting.server.caFile, 'utf8');
  const requests = new ApiRequests(setting.server.url, authority, setting.token);
  const users = [...setting.users];
  return Promise.resolve({
    ...setting,
    server: { ...setting.server, authority },
    names,
    nextUser: () => {
      const user = users.shift();
      assert.ok(user !== undefined, 'there are not enough users');
      return { ...user, allow: (allowed) => allow(requests, user, allowed) };
    },
  });
}

async function allow(requests: ApiRequests, user: Pick<User, 'name' | 'token'>, allowed: boolean): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = allowed ? [{ apiGroup, kind: 'User', name: user.name }] : [];
  const patch = { subjects };
  const options = { contentType: 'application/merge-patch+json' };
  await requests.must('PATCH', `/apis/${apiGroup}/v1/namespaces/shop/rolebindings/${user.name}`, patch, options);
  const path = `/api/v1/namespaces/shop/secrets/${objectName}`;
  await waitFor(
    async () => {
      const { status } = await requests.send('GET', path, undefined, { token: user.token });
      return (status === 200) === allowed ? true : undefined;
    },
    { what: 'the role', limitMs: 10_000 },
  );
}
