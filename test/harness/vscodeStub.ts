// What wording, views and hovers use of `vscode`, for tests in plain Node. test/run.mjs puts it in the place of `vscode`
// for the unit suite. It keeps what it is given, and shows nothing.

/** The texts as they stand in the sources, filled as VS Code fills them. */
export const l10n = {
  t: (message: string, ...values: readonly (string | number | boolean)[]): string =>
    message.replace(/\{(\d+)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole)),
};

export const env = {
  language: 'en',
  clipboard: { writeText: (_text: string): Promise<void> => Promise.resolve() },
};

export class ThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;

  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;

export class TreeItem {
  readonly label: string;
  readonly collapsibleState: number;

  constructor(label: string, collapsibleState: number = TreeItemCollapsibleState.None) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class MarkdownString {
  value: string;
  readonly supportThemeIcons: boolean;

  constructor(value = '', supportThemeIcons = false) {
    this.value = value;
    this.supportThemeIcons = supportThemeIcons;
  }

  appendMarkdown(markdown: string): this {
    this.value += markdown;
    return this;
  }
}

export class FileDecoration {
  readonly badge: string | undefined;
  readonly tooltip: string | undefined;
  readonly color: ThemeColor | undefined;

  constructor(badge?: string, tooltip?: string, color?: ThemeColor) {
    this.badge = badge;
    this.tooltip = tooltip;
    this.color = color;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
}

interface UriParts {
  readonly scheme: string;
  readonly authority?: string;
  readonly path?: string;
  readonly query?: string;
}

export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;

  private constructor({ scheme, authority = '', path = '', query = '' }: UriParts) {
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.query = query;
  }

  static from(parts: UriParts): Uri {
    return new Uri(parts);
  }

  static parse(text: string): Uri {
    const { protocol, host, pathname, search } = new URL(text);
    const path = decodeURIComponent(pathname);
    return new Uri({
      scheme: protocol.slice(0, -1),
      authority: host,
      path,
      query: decodeURIComponent(search.slice(1)),
    });
  }

  toString(): string {
    const query = this.query === '' ? '' : `?${encodeURIComponent(this.query)}`;
    return `${this.scheme}://${this.authority}${encodeURI(this.path)}${query}`;
  }
}

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void): { dispose: () => void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export const StatusBarAlignment = { Left: 1, Right: 2 } as const;

export const window = {
  createStatusBarItem: (): object => ({ show: () => undefined, hide: () => undefined, dispose: () => undefined }),
  withProgress: <T>(_options: object, task: () => Promise<T>): Promise<T> => task(),
  setStatusBarMessage: (_text: string): object => ({ dispose: () => undefined }),
  showInformationMessage: (_text: string): Promise<undefined> => Promise.resolve(undefined),
  showWarningMessage: (_text: string): Promise<undefined> => Promise.resolve(undefined),
  showQuickPick: (_items: readonly unknown[]): Promise<undefined> => Promise.resolve(undefined),
};

export const ProgressLocation = { Window: 10 } as const;

export const commands = { executeCommand: (): Promise<void> => Promise.resolve() };
