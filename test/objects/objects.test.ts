import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { format, inspect } from 'node:util';
import { disposable, DisposableList } from '../../src/objects/disposable';
import { Emitter } from '../../src/objects/emitter';
import { answered, failed, failureOfStatus, isNotFound, type FailureKind } from '../../src/objects/failure';
import { keyText } from '../../src/objects/objectKey';
import { Sealed } from '../../src/objects/sealed';

describe('Sealed', () => {
  const value = 'hunter2-√';
  const base64 = Buffer.from(value).toString('base64');
  const sealed = new Sealed(base64);
  const nested = {
    kind: 'Secret',
    data: new Map([['password', sealed]]),
    list: [sealed, { deep: { deeper: { deepest: sealed } } }],
  };
  // However it is printed: the linter would rightly stop people from doing most of this by accident.
  const loose = sealed as unknown as string;
  const printed: readonly (readonly [how: string, text: string])[] = [
    ['String()', String(sealed)],
    ['a template', `it is ${loose}`],
    ['joining', 'password: ' + loose],
    ['joining a list', [sealed, sealed].join()],
    ['JSON.stringify', JSON.stringify({ sealed, ...nested, data: [...nested.data] })],
    ['util.inspect', inspect(sealed)],
    ['util.inspect of what holds it', inspect(nested, { depth: null })],
    ['util.inspect with everything shown', inspect(nested, { depth: null, showHidden: true, getters: true })],
    ['util.inspect without custom rules', inspect(sealed, { customInspect: false, showHidden: true })],
    ['util.format', format('%s %j %o %O', sealed, sealed, sealed, nested)],
    ['the message of an error', new Error(`cannot use ${loose}`).message],
    ['an error with a cause', inspect(new Error('cannot use it', { cause: nested }))],
    ['toLocaleString', sealed.toLocaleString()],
    ['its own fields', JSON.stringify(Object.entries(sealed)) + Object.getOwnPropertyNames(sealed).join()],
    ['a copy by spreading', inspect(Object.assign({}, sealed))],
    ['a structured clone', inspect(structuredClone({ sealed }), { depth: null })],
  ];
  for (const [how, text] of printed) {
    test(`never shows its value through ${how}`, () => {
      assert.ok(!text.includes(value) && !text.includes('hunter2'), text);
      assert.ok(!text.includes(base64), text);
    });
  }

  test('never shows its value through the message of a failed assertion', () => {
    assert.throws(
      () => {
        assert.deepEqual({ sealed }, { sealed: 'other' });
      },
      (error: Error) => !error.message.includes('hunter2') && !error.message.includes(base64),
    );
  });

  test('says "[redacted]" instead', () => {
    assert.equal(String(sealed), '[redacted]');
    assert.equal(`it is ${loose}`, 'it is [redacted]');
    assert.equal(JSON.stringify({ sealed }), '{"sealed":"[redacted]"}');
    assert.equal(inspect(sealed), '[redacted]');
    assert.ok(Number.isNaN(Number(sealed)));
  });

  test('reveals its bytes, and tells their number without revealing them', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'abcd', value]) {
      const one = new Sealed(Buffer.from(text).toString('base64'));
      assert.equal(Buffer.from(one.reveal()).toString(), text);
      assert.equal(one.size, Buffer.byteLength(text));
    }
  });
});

describe('failures', () => {
  const table: readonly (readonly [code: number, reason: string, kind: FailureKind])[] = [
    [404, 'NotFound', 'notFound'],
    [404, '', 'notFound'],
    [404, 'Unheard', 'notFound'],
    [403, 'NotFound', 'notFound'],
    [200, 'NotFound', 'notFound'],
    [404, 'Forbidden', 'forbidden'],
    [404, 'Gone', 'gone'],
    [404, 'InternalError', 'rejected'],
    [403, 'Forbidden', 'forbidden'],
    [403, '', 'forbidden'],
    [401, 'Unauthorized', 'unauthorized'],
    [401, '', 'unauthorized'],
    [429, 'TooManyRequests', 'throttled'],
    [429, '', 'throttled'],
    [504, 'Timeout', 'timeout'],
    [500, 'ServerTimeout', 'timeout'],
    [504, '', 'timeout'],
    [410, 'Gone', 'gone'],
    [410, 'Expired', 'gone'],
    [410, '', 'gone'],
    [500, 'InternalError', 'server'],
    [503, 'ServiceUnavailable', 'server'],
    [502, '', 'server'],
    [409, 'Conflict', 'rejected'],
    [422, 'Invalid', 'rejected'],
    [400, 'BadRequest', 'rejected'],
    [405, 'MethodNotAllowed', 'rejected'],
    [200, '', 'invalid'],
    [302, '', 'invalid'],
    [0, '', 'invalid'],
  ];
  for (const [code, reason, kind] of table) {
    test(`code ${code} with reason "${reason}" is ${kind}`, () => {
      const status = { code, reason, message: 'as the server says' };
      assert.deepEqual(failureOfStatus(status), { kind, message: 'as the server says', status });
      assert.equal(isNotFound(status), kind === 'notFound');
    });
  }

  test('the time that the server asks to wait is kept', () => {
    const status = { code: 429, reason: 'TooManyRequests', message: 'slow down' };
    assert.equal(failureOfStatus(status, 3_000).retryAfterMs, 3_000);
    assert.equal('retryAfterMs' in failureOfStatus(status), false);
  });

  test('answers carry a value or a failure', () => {
    const failure = { kind: 'timeout', message: 'no answer' } as const;
    assert.deepEqual(answered(1), { ok: true, value: 1 });
    assert.deepEqual(failed(failure), { ok: false, failure });
  });
});

test('the text of a key differs for different objects', () => {
  const texts = (['Secret', 'ConfigMap'] as const).flatMap((kind) =>
    ['a', 'b'].flatMap((namespace) => ['a', 'b'].map((name) => keyText({ kind, namespace, name }))),
  );
  assert.equal(new Set(texts).size, 8);
});

describe('disposables', () => {
  test('one that is disposed twice ends once', () => {
    let ends = 0;
    const one = disposable(() => (ends += 1));
    one.dispose();
    one.dispose();
    assert.equal(ends, 1);
  });

  test('a list ends what it owns, last first and once', () => {
    const ended: string[] = [];
    const list = new DisposableList();
    const add = (name: string): void => {
      list.add({ dispose: () => ended.push(name) });
    };
    add('a');
    add('b');
    assert.equal(list.disposed, false);
    list.dispose();
    list.dispose();
    assert.equal(list.disposed, true);
    assert.deepEqual(ended, ['b', 'a']);
    add('late');
    assert.deepEqual(ended, ['b', 'a', 'late'], 'what is added after the end is ended at once');
  });

  test('a list gives back what is added, and takes what its members add while it ends', () => {
    const ended: string[] = [];
    const list = new DisposableList();
    const item = {
      dispose: (): void => {
        list.add(disposable(() => ended.push('nested')));
        ended.push('outer');
      },
    };
    assert.equal(list.add(item), item);
    list.dispose();
    assert.deepEqual(ended, ['nested', 'outer']);
  });
});

describe('Emitter', () => {
  test('tells every listener in order, each as often as it was added', () => {
    const heard: string[] = [];
    const emitter = new Emitter<number>();
    const twice = (value: number): void => void heard.push(`twice ${value}`);
    const first = emitter.event(twice);
    emitter.event((value) => heard.push(`once ${value}`));
    emitter.event(twice);
    emitter.fire(1);
    assert.deepEqual(heard.splice(0), ['twice 1', 'once 1', 'twice 1']);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, ['once 2', 'twice 2']);
  });

  test('a listener that is added while it fires hears the next value first', () => {
    const heard: number[] = [];
    const emitter = new Emitter<number>();
    const adding = emitter.event(() => {
      adding.dispose();
      emitter.event((value) => heard.push(value));
    });
    emitter.fire(1);
    assert.deepEqual(heard, []);
    emitter.fire(2);
    assert.deepEqual(heard, [2]);
  });

  test('tells nobody after it was disposed', () => {
    const heard: number[] = [];
    const emitter = new Emitter<number>();
    emitter.event((value) => heard.push(value));
    emitter.dispose();
    emitter.fire(1);
    assert.deepEqual(heard, []);
  });
});
