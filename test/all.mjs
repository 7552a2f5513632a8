// npm test: everything that must be green, one step after another, with what it takes. Stops at the first failure.
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** What each step proves, and how to run it alone. */
const steps = [
  ['types', 'npm run typecheck'],
  ['lint and format', 'npm run lint'],
  ['unit tests', 'npm run test:unit'],
  ['conformance with the kubelet’s managers', 'npm run conformance'],
  ['the cluster layer on a real kube-apiserver', 'npm run test:cluster'],
  ['inside the extension host of a real VS Code', 'npm run test:host'],
  ['end to end in a real window', 'npm run test:e2e'],
];

function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, stdio: 'inherit', shell: true });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

let passed = 0;
for (const [what, command] of steps) {
  console.log(`\n== ${what} (${command})`);
  const started = Date.now();
  const code = await run(command);
  const seconds = Math.round((Date.now() - started) / 1000);
  if (code !== 0) {
    console.log(`\n== failed after ${seconds} s: ${what}\n\n${passed} passed, 1 failed`);
    process.exit(1);
  }
  passed += 1;
  console.log(`== ${seconds} s`);
}
console.log(`\n${passed} passed, 0 failed`);
