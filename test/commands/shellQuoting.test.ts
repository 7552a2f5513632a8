import fc from 'fast-check';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { commandLine, shellOf, type Shell } from '../../src/commands/shellQuoting';

const shells: readonly Shell[] = ['posix', 'powershell', 'cmd'];
const special = Array.from('abc019 \'"\\`$%&|;<>(){}[]*?!~#@=^,.:/-_+\n\r\t\0\u001b\u2019\u201c\u202e\u2028é😀\ud800');
const word = fc.oneof(
  fc.array(fc.constantFrom(...special), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const words = fc.array(word, { minLength: 1, maxLength: 4 });

test('the kind of a shell is told by its program', () => {
  const table: [program: string, shell: Shell][] = [
    ['/bin/bash', 'posix'],
    ['/usr/bin/zsh', 'posix'],
    ['/opt/homebrew/bin/fish', 'posix'],
    ['C:\\Program Files\\Git\\bin\\bash.exe', 'posix'],
    ['C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'powershell'],
    ['/usr/bin/pwsh', 'powershell'],
    ['C:\\Windows\\System32\\cmd.exe', 'cmd'],
    ['CMD.EXE', 'cmd'],
    ['', 'posix'],
  ];
  for (const [program, shell] of table) assert.equal(shellOf(program), shell, program);
});

test('what needs no quotes gets none', () => {
  const plain = ['kubectl', '--context', 'kubernetes-admin@kubernetes', 'arn:aws:eks:eu-west-1:12:cluster/x', 'a.b-c'];
  for (const shell of shells) assert.equal(commandLine(plain, shell), plain.join(' '));
});

test('what has a meaning to the shell is quoted for it', () => {
  const table: [shell: Shell, word: string, written: string | undefined][] = [
    ['posix', 'my cluster', "'my cluster'"],
    ['posix', "it's $HOME", "'it'\\''s $HOME'"],
    ['posix', 'a\\b', "'a'\\\\'b'"],
    ['posix', '', "''"],
    ['posix', '~', "'~'"],
    ['posix', '-x', "'-x'"],
    ['powershell', "it's $(calc)", "'it''s $(calc)'"],
    ['powershell', 'it\u2019s', "'it\u2019\u2019s'"],
    ['powershell', '1e3', "'1e3'"],
    ['powershell', 'a"b', undefined],
    ['powershell', 'a b\\', undefined],
    ['cmd', 'my cluster & calc', '"my cluster & calc"'],
    ['cmd', '%PATH%', undefined],
    ['cmd', 'a"b', undefined],
    ['cmd', 'a!b!', undefined],
  ];
  for (const [shell, text, written] of table) assert.equal(commandLine([text], shell), written, `${shell} ${text}`);
});

test('a command never holds a character that would run it or hide what it is', () => {
  fc.assert(
    fc.property(words, fc.constantFrom(...shells), (list, shell) => {
      const line = commandLine(list, shell);
      const unseen = list.some((text) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text));
      if (unseen) assert.equal(line, undefined);
      assert.doesNotMatch(line ?? '', /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 1000 },
  );
});

describe('a shell reads back the words', () => {
  const visible = words.filter((list) => commandLine(list, 'posix') !== undefined);

  test('sh and bash, really', () => {
    const samples = fc.sample(visible, 300);
    const script = samples.map((list) => `printf '%s\\0' ${commandLine(list, 'posix') ?? ''}`).join('\n');
    for (const shell of ['sh', 'bash']) {
      const output = execFileSync(shell, ['-c', script], { encoding: 'utf8' });
      assert.deepEqual(output.split('\0').slice(0, -1), samples.flat(), shell);
    }
  });

  test('fish, by its rules: between single quotes a backslash counts before a quote or a backslash', () => {
    fc.assert(
      fc.property(word, (text) => {
        const line = commandLine([text], 'posix');
        if (line === undefined) return;
        const quoted = /'((?:[^'\\]|\\[^])*)'|\\([^])|([^])/gy;
        const read = line.replace(quoted, (_all, inner?: string, escaped?: string, bare?: string) =>
          inner === undefined ? (escaped ?? bare ?? '') : inner.replace(/\\(['\\])/g, '$1'),
        );
        assert.equal(read, text, line);
      }),
    );
  });

  test('PowerShell, by its rules: any kind of single quote ends a text, and two are one', () => {
    fc.assert(
      fc.property(word, (text) => {
        const line = commandLine([text], 'powershell');
        if (line === undefined || line === text) return;
        assert.match(line, /^'(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*'$/);
        assert.equal(line.slice(1, -1).replace(/(['\u2018-\u201b])['\u2018-\u201b]/g, '$1'), text);
      }),
    );
  });

  test('cmd, by its rules: between double quotes all but a variable stands for itself', () => {
    fc.assert(
      fc.property(word, (text) => {
        const line = commandLine([text], 'cmd');
        if (line === undefined || line === text) return;
        assert.match(line, /^"[^"%!]*"$/);
        assert.doesNotMatch(line, /\\"$/);
        assert.equal(line.slice(1, -1), text);
      }),
    );
  });
});
