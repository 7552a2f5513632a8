/** The value of a YAML scalar for Kubernetes. */
export type ScalarValue =
  | { readonly is: 'null' }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'flag'; readonly flag: boolean }
  | { readonly is: 'number' }
  /** The whole document cannot be decoded. */
  | { readonly is: 'invalid' };

const coreTag = 'tag:yaml.org,2002:';
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const afterDot = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;

/**
 * Resolves a scalar as the YAML library of Kubernetes does (`go.yaml.in/yaml/v2`, `resolve.go`): YAML 1.1 with `yes`,
 * `on` and `y` as booleans and with octal, hexadecimal and binary numbers. It knows no numbers to base 60, and turns
 * timestamps into texts.
 *
 * @param plain Whether the scalar stands without quotes and is no block scalar.
 */
export function resolveScalar(text: string, plain: boolean, tag: string | undefined): ScalarValue {
  if (tag === undefined) return plain ? implicit(text) : { is: 'text', text };
  if (!tag.startsWith(coreTag)) return { is: 'text', text };
  const found = implicit(text);
  switch (tag.slice(coreTag.length)) {
    case 'null':
      return found.is === 'null' ? found : { is: 'invalid' };
    case 'bool':
      return found.is === 'flag' ? found : { is: 'invalid' };
    case 'int':
      return found.is === 'number' && isInteger(text) ? found : { is: 'invalid' };
    case 'float':
      return found.is === 'number' ? found : { is: 'invalid' };
    case 'timestamp':
      return /^\d{4}-/.test(text) ? { is: 'text', text } : { is: 'invalid' };
    case 'binary':
      return binary(text);
    default:
      return { is: 'text', text };
  }
}

function implicit(text: string): ScalarValue {
  switch (text[0]) {
    case undefined:
    case '~':
      return text.length < 2 ? { is: 'null' } : { is: 'text', text };
    case '.':
      // Infinity and "not a number" cannot be written as JSON, which Kubernetes does before it decodes.
      if (/^\.(?:inf|Inf|INF|nan|NaN|NAN)$/.test(text)) return { is: 'invalid' };
      return afterDot.test(text) && Number.isFinite(Number(text)) ? { is: 'number' } : { is: 'text', text };
    default:
      if (/^[-+0-9]/.test(text)) return number(text);
      if (/^(?:null|Null|NULL)$/.test(text)) return { is: 'null' };
      if (/^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return { is: 'flag', flag: true };
      if (/^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return { is: 'flag', flag: false };
      return { is: 'text', text };
  }
}

function number(text: string): ScalarValue {
  if (/^[-+]\.(?:inf|Inf|INF)$/.test(text)) return { is: 'invalid' };
  if (isInteger(text)) return { is: 'number' };
  const digits = text.replaceAll('_', '');
  return decimal.test(digits) && Number.isFinite(Number(digits)) ? { is: 'number' } : { is: 'text', text };
}

/** Whether it is an integer of 64 bits. A longer one is a float if it is decimal, and a text otherwise. */
function isInteger(text: string): boolean {
  const digits = text.replaceAll('_', '');
  if (!integer.test(digits)) return false;
  const negative = digits.startsWith('-');
  const signed = negative || digits.startsWith('+');
  const unsigned = (signed ? digits.slice(1) : digits).replace(/^0[oO]?(?=[0-7])/, '0o');
  const value = BigInt(unsigned);
  return negative ? value <= 1n << 63n : value < 1n << (signed ? 63n : 64n);
}

function binary(text: string): ScalarValue {
  const compact = text.replaceAll(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return { is: 'invalid' };
  return { is: 'text', text: Buffer.from(compact, 'base64').toString('utf8') };
}
