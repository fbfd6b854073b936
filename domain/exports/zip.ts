/**
 * The ZIP format (PKWARE APPNOTE 6.3.10), as far as an archive of ours needs it. Every file stands whole in one part, so a part can be
 * made, and an archive gone on with, by whoever knows only what the parts before have: the directory at the end follows from their entries.
 */

/** A file of the archive. `name`: ASCII, with `/` between folders. `packedBytes`: as it stands in the archive; `bytes`: as it was. */
export type ZipEntry = {
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  readonly method: 'stored' | 'deflated';
};

/** Larger ones would need the 64-bit form of a file's header. */
export const ZIP_FILE_BYTES_MAX = 0xffff_fffe;

const LOCAL_HEADER_BYTES = 30;
const LARGE_32 = 0xffff_ffff;
const LARGE_16 = 0xffff;
/** 4.5: the 64-bit form. */
const VERSION = 45;
/** 1980-01-01, the format's first day: when a file was made says nothing here. */
const NO_DATE = 0x0021;
const METHODS = { stored: 0, deflated: 8 } as const;

/** What stands before a file's bytes. */
export function zipHeaderOf(entry: ZipEntry): Uint8Array {
  const name = new TextEncoder().encode(entry.name);
  const out = writer(LOCAL_HEADER_BYTES + name.length);
  out.u32(0x04034b50);
  writeCommon(out, entry);
  out.u16(name.length);
  out.u16(0);
  out.bytes(name);
  return out.done();
}

/** As many bytes as the entry takes, header and file. */
export const zipBytesOf = ({ name, packedBytes }: ZipEntry): number => LOCAL_HEADER_BYTES + name.length + packedBytes;

/** What stands behind all files. `entries`: in the order in which they stand. */
export function zipDirectoryOf(entries: readonly ZipEntry[]): Uint8Array {
  const sizes = entries.map(zipBytesOf);
  const offsets: number[] = [];
  let at = 0;
  for (const size of sizes) {
    offsets.push(at);
    at += size;
  }
  const directory = entries.map((entry, i) => directoryEntryOf(entry, offsets[i] ?? 0));
  const bytes = directory.reduce((sum, one) => sum + one.length, 0);
  const end = endOf({ entries: entries.length, bytes, offset: at });
  const all = new Uint8Array(bytes + end.length);
  let to = 0;
  for (const one of [...directory, end]) {
    all.set(one, to);
    to += one.length;
  }
  return all;
}

function directoryEntryOf(entry: ZipEntry, offset: number): Uint8Array {
  const name = new TextEncoder().encode(entry.name);
  const isFar = offset >= LARGE_32;
  const extraBytes = isFar ? 12 : 0;
  const out = writer(46 + name.length + extraBytes);
  out.u32(0x02014b50);
  out.u16(VERSION);
  writeCommon(out, entry);
  out.u16(name.length);
  out.u16(extraBytes);
  out.u16(0); // no comment
  out.u16(0); // on the first disk
  out.u16(0);
  out.u32(0);
  out.u32(isFar ? LARGE_32 : offset);
  out.bytes(name);
  if (isFar) {
    out.u16(0x0001);
    out.u16(8);
    out.u64(offset);
  }
  return out.done();
}

function writeCommon(out: Writer, { crc32, packedBytes, bytes, method }: ZipEntry): void {
  if (bytes > ZIP_FILE_BYTES_MAX || packedBytes > ZIP_FILE_BYTES_MAX) throw new RangeError(`A file of ${bytes} bytes is too large for the archive.`);
  out.u16(VERSION);
  out.u16(0);
  out.u16(METHODS[method]);
  out.u16(0);
  out.u16(NO_DATE);
  out.u32(crc32);
  out.u32(packedBytes);
  out.u32(bytes);
}

function endOf({ entries, bytes, offset }: { readonly entries: number; readonly bytes: number; readonly offset: number }): Uint8Array {
  const isLarge = entries >= LARGE_16 || bytes >= LARGE_32 || offset >= LARGE_32;
  const out = writer((isLarge ? 56 + 20 : 0) + 22);
  if (isLarge) {
    out.u32(0x06064b50);
    out.u64(44);
    out.u16(VERSION);
    out.u16(VERSION);
    out.u32(0);
    out.u32(0);
    out.u64(entries);
    out.u64(entries);
    out.u64(bytes);
    out.u64(offset);
    out.u32(0x07064b50);
    out.u32(0);
    out.u64(offset + bytes);
    out.u32(1);
  }
  out.u32(0x06054b50);
  out.u16(0);
  out.u16(0);
  out.u16(Math.min(entries, LARGE_16));
  out.u16(Math.min(entries, LARGE_16));
  out.u32(Math.min(bytes, LARGE_32));
  out.u32(Math.min(offset, LARGE_32));
  out.u16(0); // no comment
  return out.done();
}

type Writer = ReturnType<typeof writer>;

/** Little-endian, as all numbers of the format are. */
function writer(length: number) {
  const all = new Uint8Array(length);
  const view = new DataView(all.buffer);
  let at = 0;
  return {
    u16: (value: number) => {
      view.setUint16(at, value, true);
      at += 2;
    },
    u32: (value: number) => {
      view.setUint32(at, value, true);
      at += 4;
    },
    u64: (value: number) => {
      view.setBigUint64(at, BigInt(value), true);
      at += 8;
    },
    bytes: (value: Uint8Array) => {
      all.set(value, at);
      at += value.length;
    },
    done: () => all,
  };
}
