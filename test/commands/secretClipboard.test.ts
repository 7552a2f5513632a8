import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecretClipboard } from '../../src/commands/secretClipboard';
import { FakeClock } from '../connection/fakeClock';

/** A clipboard as a browser has it: without the focus it reads as empty. */
class FakeClipboard {
  text = 'before';
  focused = true;
  writes: string[] = [];

  readonly readText = (): Promise<string> => Promise.resolve(this.focused ? this.text : '');

  readonly writeText = (text: string): Promise<void> => {
    this.text = text;
    this.writes.push(text);
    return Promise.resolve();
  };
}

function scene(): { clock: FakeClock; clipboard: FakeClipboard; copies: SecretClipboard } {
  const clock = new FakeClock();
  const clipboard = new FakeClipboard();
  return { clock, clipboard, copies: new SecretClipboard({ clipboard, clock, isFocused: () => clipboard.focused }) };
}

test('a value is in the clipboard for 30 seconds', async () => {
  const { clock, clipboard, copies } = scene();
  assert.equal(await copies.copy('hunter2'), clock.wallTime() + 30_000);
  await clock.advance(29_999);
  assert.equal(clipboard.text, 'hunter2');
  await clock.advance(1);
  assert.equal(clipboard.text, '');
  assert.deepEqual(clock.waits, []);
});

test('what was copied since stays', async () => {
  const { clock, clipboard, copies } = scene();
  await copies.copy('hunter2');
  clipboard.text = 'mine';
  await clock.advance(30_000);
  assert.equal(clipboard.text, 'mine');
  clipboard.text = 'hunter2';
  await copies.focused();
  assert.equal(clipboard.text, 'hunter2', 'and is not looked at again');
});

test('the second of two values has its own 30 seconds', async () => {
  const { clock, clipboard, copies } = scene();
  await copies.copy('first');
  await clock.advance(20_000);
  await copies.copy('second');
  await clock.advance(29_999);
  assert.equal(clipboard.text, 'second');
  await clock.advance(1);
  assert.equal(clipboard.text, '');
});

test('where the clipboard cannot be read without the focus, it is cleared when the window has it again', async () => {
  const { clock, clipboard, copies } = scene();
  await copies.copy('hunter2');
  await copies.focused();
  assert.equal(clipboard.text, 'hunter2', 'not before its time');
  clipboard.focused = false;
  await clock.advance(60_000);
  assert.equal(clipboard.text, 'hunter2');
  clipboard.focused = true;
  await copies.focused();
  assert.equal(clipboard.text, '');
});

test('a clipboard that is really empty is asked no more', async () => {
  const { clock, clipboard, copies } = scene();
  await copies.copy('hunter2');
  clipboard.text = '';
  await clock.advance(30_000);
  await copies.focused();
  assert.deepEqual(clipboard.writes, ['hunter2']);
});

test('a value that is copied while the clipboard is looked at is not taken for the one before', async () => {
  const { clock, clipboard, copies } = scene();
  await copies.copy('first');
  clipboard.focused = false;
  await clock.advance(30_000);
  clipboard.focused = true;
  const clearing = copies.focused();
  await copies.copy('second');
  await clearing;
  assert.equal(clipboard.text, 'second');
});

test('no timer is left once it is disposed', async () => {
  const { clock, copies } = scene();
  await copies.copy('hunter2');
  copies.dispose();
  assert.deepEqual(clock.waits, []);
});
