import { readFile } from 'node:fs/promises';

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

/** The names of the files in a zip archive, as its directory has them. Throws for what is no such archive. */
export async function zipEntries(file: string): Promise<readonly string[]> {
  const bytes = await readFile(file);
  // The end record is the last thing in the file, but for a comment.
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== endOfDirectory) end -= 1;
  if (end < 0) throw new Error(`${file} is no zip archive`);
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== directoryEntry) throw new Error(`the directory of ${file} is broken`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const name = at + 46;
    names.push(bytes.toString('utf8', name, name + nameLength!));
    at = name + nameLength! + extraLength! + commentLength!;
  }
  return names;
}
