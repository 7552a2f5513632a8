import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { ApiServer, AuditEvent } from '../harness/apiServer';
import type { KubeObject } from '../harness/kubeObjects';
import { samplePod } from '../harness/samplePods';
import { sampleRole } from '../harness/sampleCluster';
import { waitFor } from '../harness/waiting';
import {
  chooseFromMenu,
  expandRow,
  goToLine,
  hoverText,
  openFile,
  openKubefreshSideBar,
  pressRowButton,
  tooltipText,
  untilBadge,
  untilText,
  view,
  viewMessage,
  viewRow,
} from '../harness/workbench';
import { Canary } from './canary';
import { describeScene } from './scene';

const user = 'dev';
const secrets = '/api/v1/namespaces/shop/secrets';
const pods = '/api/v1/namespaces/shop/pods';
/** What the pods of `shop` refer to, but for what admission adds. */
const referenced = [
  ...['api-token', 'cart-redis', 'db-credentials', 'orders-signing', 'registry-pull', 'search-index', 'smtp-login'].map(
    (name) => `secrets/${name}`,
  ),
  'secrets/web-tls',
  ...['app-settings', 'cart-limits', 'orders-topics', 'web-nginx', 'web-overrides'].map((name) => `configmaps/${name}`),
];
const recoveryMs = 90_000;

function objectRow(page: Page, name: string): Locator {
  return viewRow(page, 'Secrets & ConfigMaps', new RegExp(`^${name}`));
}

function dbCredentials(page: Page): Locator {
  return objectRow(page, 'db-credentials');
}

async function refresh(page: Page): Promise<void> {
  await pressRowButton(dbCredentials(page), 'Refresh');
}

/** A pod of nobody's, which refers to the Secret. */
function latePod(): KubeObject {
  const envFrom = [{ secretRef: { name: 'db-credentials' } }];
  const spec = { containers: [{ name: 'main', image: 'registry.shop.example/tool:1', envFrom }] };
  const state = { state: 'running', startedAt: new Date() } as const;
  return samplePod({ namespace: 'shop', name: 'late-arrival', node: 'node-a', labels: {}, spec, state });
}

/** Waits until the server's authorizer has heard of a change of roles. */
async function untilAllowed(server: ApiServer, allowed: boolean): Promise<void> {
  const resourceAttributes = { verb: 'get', resource: 'secrets', name: 'db-credentials', namespace: 'shop' };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes },
  };
  await waitFor(
    async () => {
      const { body } = await server.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
      return (body['status'] as { allowed: boolean } | undefined)?.allowed === allowed ? true : undefined;
    },
    { what: 'the authorizer', limitMs: 30_000 },
  );
}

/** The answered requests for single objects by the user, such as `secrets/web-tls 403`, sorted. */
function objectGets(events: readonly AuditEvent[]): readonly string[] {
  return events
    .filter(({ user: by, objectRef }) => by.username === user && isHoldingResource(objectRef?.resource))
    .map(({ objectRef, responseStatus }) => `${objectRef?.resource}/${objectRef?.name} ${responseStatus?.code}`)
    .sort();
}

function isHoldingResource(resource: string | undefined): boolean {
  return resource === 'secrets' || resource === 'configmaps';
}

/** The same, as the extension's own log has it. */
async function loggedGets(logFolder: string): Promise<readonly string[]> {
  const file = readdirSync(logFolder, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('Kubefresh.log'),
  );
  assert.ok(file !== undefined, 'the log has a file');
  const text = await readFile(path.join(logFolder, file), 'utf8');
  const line = /GET \/api\/v1\/namespaces\/shop\/((?:secrets|configmaps)\/[^\s?]+)\S* (\d+) \d+ ms$/gm;
  return [...text.matchAll(line)].map(([, object, code]) => `${object} ${code}`).sort();
}

const canary = new Canary();

describeScene(
  'a user who may get three names and list none',
  {
    users: [{ name: user }],
    kubeconfig: (server) => server.kubeconfig({ user, namespace: 'shop' }),
    prepare: async (server) => {
      await server.patch(`${secrets}/db-credentials`, { stringData: { password: canary.value } });
    },
  },
  (step) => {
    step('the side bar shows what may be read and what may not', async ({ page }) => {
      await openKubefreshSideBar(page);
      await untilBadge(dbCredentials(page), '✓');
      await untilBadge(objectRow(page, 'app-settings'), '✓');
      await untilBadge(objectRow(page, 'api-token'), '✓');
      await untilBadge(objectRow(page, 'web-tls'), '⊘');
      await untilText(dbCredentials(page), /read \d\d:\d\d:\d\d · 3 keys · used by 4 pods$/);
      await untilText(objectRow(page, 'web-tls'), /forbidden, asked \d\d:\d\d:\d\d · used by 2 pods$/);
    });

    step('the view says where the TTL comes from and what the first pass read', async ({ page }) => {
      const message = await untilText(viewMessage(page, 'Secrets & ConfigMaps'), /Last pass/);
      assert.match(message, /^TTL 60 s \(default, nodes: forbidden\)\. Last pass: 13 objects in [\d.]+ m?s\.$/);
    });

    step('the first pass asks for each object once, and for nothing that admission added', async ({ server }) => {
      const gets = objectGets(await server.auditEvents()).map((get) => get.split(' ')[0]);
      assert.deepEqual(gets, [...referenced].sort());
    });

    step('a tooltip tells what a row has no room for', async ({ page }) => {
      const fresh = await tooltipText(page, dbCredentials(page), /Reference count/);
      assert.match(fresh, /Fresh: read at .* as the newest version, fresh until/);
      assert.equal(canary.isIn(fresh), false);
      const forbidden = await tooltipText(page, objectRow(page, 'web-tls'), /Forbidden/);
      assert.match(forbidden, /User "dev" cannot get resource "secrets".*Ask for the verb “get” on this name/);
    });

    step('Refresh on the row shows a key that was added, with its size', async ({ page, server }) => {
      await server.patch(`${secrets}/db-credentials`, { stringData: { added: 'four' } });
      await refresh(page);
      await untilText(dbCredentials(page), /4 keys/);
      await untilBadge(dbCredentials(page), '✓');
      await expandRow(dbCredentials(page));
      await untilText(objectRow(page, 'added'), /^added\s*4 B$/);
      await untilText(objectRow(page, 'password'), new RegExp(`^password\\s*${canary.value.length} B$`));
      assert.match(await tooltipText(page, objectRow(page, 'password'), /Key password/), /Secret db-credentials, 31 B/);
      await expandRow(dbCredentials(page), false);
    });

    step('a Secret that is deleted and made again is shown so', async ({ page, server }) => {
      const { body } = await server.request('GET', `${secrets}/db-credentials`);
      await server.remove(`${secrets}/db-credentials`);
      await refresh(page);
      await untilBadge(dbCredentials(page), '✗');
      await untilText(dbCredentials(page), /not found, asked/);
      const { name, namespace } = body.metadata ?? {};
      await server.apply([{ ...body, metadata: { name, namespace } } as KubeObject]);
      await chooseFromMenu(page, dbCredentials(page), 'Refresh');
      await untilBadge(dbCredentials(page), '✓');
      await untilText(dbCredentials(page), /4 keys/);
    });

    step('a copy is kept, and said to be, while the role is revoked', async ({ page, server }) => {
      const [role, binding] = sampleRole('shop');
      assert.ok(role !== undefined && binding !== undefined);
      const podsOnly = { ...role, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }] };
      await server.apply([podsOnly]);
      await untilAllowed(server, false);
      await refresh(page);
      await untilBadge(dbCredentials(page), '!');
      await untilText(dbCredentials(page), /forbidden, copy of \d\d:\d\d:\d\d · 4 keys/);
      assert.match(await tooltipText(page, dbCredentials(page), /is kept/), /cannot get resource "secrets"/);
      await server.apply([role]);
      await untilAllowed(server, true);
      await refresh(page);
      await untilBadge(dbCredentials(page), '✓');
    });

    step('without a server the copy is kept and the pods are said to be old', async ({ page, server }) => {
      await server.pause();
      await untilText(viewMessage(page, 'Pods'), /Pods may be out of date: .+/);
      await refresh(page);
      await untilBadge(dbCredentials(page), '!');
      await untilText(dbCredentials(page), /unreachable, copy of \d\d:\d\d:\d\d · 4 keys/);
      await viewRow(page, 'Pods', /^orders-\w+-b4j7s/).waitFor();
    });

    step('the pods recover by themselves, with what happened meanwhile', async ({ page, server }) => {
      await server.resume();
      await server.remove(`${pods}/orders-5c6d7f9b88-b4j7s`);
      await server.apply([latePod()]);
      await viewRow(page, 'Pods', /^late-arrival/).waitFor({ timeout: recoveryMs });
      await viewRow(page, 'Pods', /^orders-\w+-b4j7s/).waitFor({ state: 'detached', timeout: recoveryMs });
      await waitFor(
        async () => {
          const texts = await view(page, 'Pods').locator('.message').allInnerTexts();
          return texts.some((text) => text.includes('out of date')) ? undefined : true;
        },
        { what: 'the message to go', limitMs: recoveryMs },
      );
      await refresh(page);
      await untilBadge(dbCredentials(page), '✓');
      await untilText(dbCredentials(page), /used by 4 pods/);
    });

    step('a pod that is deleted goes, and takes its reference back', async ({ page, server }) => {
      await server.remove(`${pods}/late-arrival`);
      await viewRow(page, 'Pods', /^late-arrival/).waitFor({ state: 'detached', timeout: 30_000 });
      await untilText(dbCredentials(page), /used by 3 pods/);
    });

    step('a hover in a manifest tells the size of a value, not the value', async ({ page }) => {
      await openFile(page, 'web-deployment.yaml');
      await goToLine(page, 74);
      const text = await hoverText(page, 'password');
      assert.match(text, new RegExp(`Keys:\\s*password ${canary.value.length} B`));
      assert.equal(canary.isIn(text), false);
    });

    step('the value of the Secret is in no file of VS Code and nowhere on the page', async (scene) => {
      const { page, vscode, profileFolder } = scene;
      const folders = [vscode.userDataFolder, vscode.logFolder, profileFolder];
      await expandRow(dbCredentials(page));
      await tooltipText(page, dbCredentials(page), /Reference count/);
      for (const folder of folders) assert.deepEqual(await canary.filesWithIt(folder), []);
      assert.equal(await canary.isOnPage(page), false);
      // The search would have found it.
      const planted = path.join(vscode.logFolder, 'planted');
      await mkdir(planted);
      await writeFile(path.join(planted, 'plain'), `x${canary.value}`);
      await writeFile(path.join(planted, 'within'), Buffer.from(`{"data":"${canary.value}"}`).toString('base64'));
      await writeFile(path.join(planted, 'wide'), Buffer.from(canary.value, 'utf16le'));
      assert.equal((await canary.filesWithIt(vscode.logFolder)).length, 3);
      await rm(planted, { recursive: true });
      await page.locator('.statusbar').evaluate((element: { title: string }, text) => {
        element.title = text;
      }, Buffer.from(canary.value).toString('base64'));
      assert.equal(await canary.isOnPage(page), true);
    });

    step('secrets and configmaps were read by name alone, each read on record', async ({ server, vscode }) => {
      const events = await server.auditEvents();
      const verbs = new Set(
        events
          .filter(({ user: by, objectRef }) => by.username === user && isHoldingResource(objectRef?.resource))
          .map(({ verb }) => verb),
      );
      assert.deepEqual([...verbs], ['get']);
      const gathering = events.filter(
        ({ verb, objectRef }) =>
          ['list', 'watch', 'deletecollection'].includes(verb) && isHoldingResource(objectRef?.resource),
      );
      assert.deepEqual(gathering, []);
      assert.deepEqual(await loggedGets(vscode.logFolder), objectGets(events));
      const others = events.filter(
        ({ user: by, objectRef }) => by.username === user && objectRef?.resource === 'nodes',
      );
      assert.equal(others.length, 1, 'nodes, which are forbidden, are asked for once');
    });
  },
);
