import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { ApiServer } from '../harness/apiServer';
import type { KubeObject } from '../harness/kubeObjects';
import {
  fillQuickInput,
  openKubefreshSideBar,
  runCommand,
  toast,
  untilBadge,
  untilText,
  view,
  viewDescription,
  viewMessage,
  viewRow,
  welcome,
} from '../harness/workbench';
import { describeScene } from './scene';

const user = 'carol';
const pod = 'web-7d9c5b8f4d-x2k9p';
const noticeMs = 60_000;

function kubeconfigFile(server: ApiServer): string {
  return path.join(server.folder, 'home', '.kube', 'config');
}

/** One pod and one Secret, by name, and nothing to list. */
function role(): readonly KubeObject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'carol', namespace: 'shop' };
  const rule = (resource: string, name: string): object => ({
    apiGroups: [''],
    resources: [resource],
    resourceNames: [name],
    verbs: ['get'],
  });
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata,
      rules: [rule('pods', pod), rule('secrets', 'db-credentials')],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ];
}

async function untilWelcome(page: Page, text: RegExp): Promise<void> {
  await untilText(welcome(page, 'Pods'), text, noticeMs);
}

describeScene(
  'a window whose kubeconfig comes, changes and goes',
  {
    users: [{ name: user }],
    kubeconfig: kubeconfigFile,
    prepare: async (server) => {
      await server.apply(role());
    },
  },
  (step) => {
    step('without a kubeconfig it says where it looked', async ({ page, server }) => {
      await openKubefreshSideBar(page);
      await untilWelcome(page, /No kubeconfig was found\. Kubefresh connects when one appears/);
      const title = await untilText(viewDescription(page, 'Pods'), /Looked for/);
      assert.ok(title.includes(kubeconfigFile(server)), title);
      await welcome(page, 'Pods').getByText('Open Settings').waitFor();
    });

    step('a kubeconfig that cannot be read is said to be, and why', async ({ page, server }) => {
      // Its folder was missing as well, as on a machine that never saw kubectl.
      await mkdir(path.dirname(kubeconfigFile(server)), { recursive: true });
      await writeFile(kubeconfigFile(server), 'clusters: [\n');
      await untilWelcome(page, /The kubeconfig cannot be read\./);
      await untilText(viewDescription(page, 'Pods'), /.+/);
    });

    step('a context that is missing is named, with those there are', async ({ page, server }) => {
      const text = await readFile(server.kubeconfig({ user, namespace: 'shop' }), 'utf8');
      await writeFile(kubeconfigFile(server), text.replace(/^current-context: .*$/m, 'current-context: elsewhere'));
      await untilWelcome(page, /The kubeconfig has no current context, or not the one/);
      await untilText(
        viewDescription(page, 'Pods'),
        /has no context elsewhere\. It has: kubefresh-carol · kubeconfig of /,
      );
    });

    step('it connects by itself once the kubeconfig is whole', async ({ page, server }) => {
      await cp(server.kubeconfig({ user, namespace: 'shop' }), kubeconfigFile(server));
      await untilWelcome(page, /You may not list the pods of this scope/);
      await untilText(
        viewDescription(page, 'Pods'),
        /User "carol" cannot list resource "pods".*Ask for the verbs “list” and “watch” on pods\./,
      );
    });

    step('who may not list pods registers one by its name', async ({ page }) => {
      await welcome(page, 'Pods').getByText('Register Pod by Name…').click();
      await fillQuickInput(page, pod);
      await page.keyboard.press('Enter');
      const row = viewRow(page, 'Pods', new RegExp(`^${pod}`));
      await untilText(row, /registered by name/);
      const objects = 'Secrets & ConfigMaps';
      await untilBadge(viewRow(page, objects, /^db-credentials/), '✓');
      await untilText(viewRow(page, objects, /^db-credentials/), /used by 1 pod$/);
      await untilBadge(viewRow(page, objects, /^web-tls/), '⊘');
    });

    step('a pod that may not be read is refused with the reason', async ({ page }) => {
      await runCommand(page, 'Kubefresh: Register Pod by Name');
      await fillQuickInput(page, 'web-7d9c5b8f4d-m7v4d');
      await page.keyboard.press('Enter');
      await toast(page, /User "carol" cannot get resource "pods"/).waitFor({ timeout: 30_000 });
      assert.equal(await viewRow(page, 'Pods', /m7v4d/).count(), 0);
    });

    step('it keeps the connection while the kubeconfig is gone', async ({ page, server }) => {
      await rm(kubeconfigFile(server));
      await untilText(viewMessage(page, 'Pods'), /cannot be read any more, and the connection goes on/, noticeMs);
      await untilText(viewRow(page, 'Pods', new RegExp(`^${pod}`)), /registered by name/);
    });

    step('another kubeconfig in its place connects to what it names', async ({ page, server }) => {
      await cp(server.kubeconfig({ namespace: 'kube-public' }), kubeconfigFile(server));
      await untilWelcome(page, /No pods are running here, so nothing is registered\./);
      await untilText(view(page, 'Pods').locator('.pane-header'), /kubefresh-admin.* · kube-public/);
      await untilText(welcome(page, 'Secrets & ConfigMaps'), /No pod refers to a Secret or ConfigMap yet/);
    });
  },
);
