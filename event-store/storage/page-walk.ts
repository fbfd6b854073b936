/**
 * Finds a page of a data file that is in use but missing. LMDB also counts pages that it allocated and never wrote, since it freed them in
 * the same commit, so a file may be shorter than its meta page says and nothing is lost. Reads all pages but those of large values.
 */
import { readSync } from 'node:fs';

// A page and a node of one in lmdb's mdb.c, on a 64-bit machine.
const PAGE_HEADER_BYTES = 24;
const PAGE_FLAGS_AT = 18;
const PAGE_LOWER_AT = 20;
const IS_BRANCH = 1;
const IS_LEAF = 2;
const NODE_HEADER_BYTES = 8;
const NODE_FLAGS_AT = 4;
const NODE_KEY_BYTES_AT = 6;
const HAS_OVERFLOW_PAGES = 1;
const IS_TREE = 2;
const TREE_ROOT_AT = 40; // in `MDB_db`
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

type PageFile = { readonly file: number; readonly pageSize: number; readonly pages: number };

/** A page that is referred to and lies beyond the end of the file, if there is one. `roots` are of the trees in the meta page. */
export function findMissingPage(pageFile: PageFile, roots: readonly bigint[]): number | undefined {
  const page = Buffer.alloc(pageFile.pageSize);
  const left: number[] = roots.filter((root) => root !== NO_PAGE).map(Number);
  const isMissing = (number: number) => number >= pageFile.pages;
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    if (isMissing(number)) return number;
    readSync(pageFile.file, page, 0, page.length, number * pageFile.pageSize);
    for (const { first, count, isTreePage } of referencesIn(page)) {
      if (isMissing(first + count - 1)) return first + count - 1;
      if (isTreePage) left.push(first);
    }
  }
  return undefined;
}

type Reference = { readonly first: number; readonly count: number; readonly isTreePage: boolean };

/** The pages that a page of a tree refers to. A damaged page refers to none; the damage is reported when the page is read. */
function* referencesIn(page: Buffer): Generator<Reference> {
  const flags = page.readUInt16LE(PAGE_FLAGS_AT);
  const nodes = page.readUInt16LE(PAGE_LOWER_AT) >> 1;
  if ((flags & (IS_BRANCH | IS_LEAF)) === 0 || PAGE_HEADER_BYTES + 2 * nodes > page.length) return;
  for (let index = 0; index < nodes; index++) {
    const at = page.readUInt16LE(PAGE_HEADER_BYTES + 2 * index) + PAGE_HEADER_BYTES;
    if (at + NODE_HEADER_BYTES > page.length) return;
    const reference = (flags & IS_BRANCH) === 0 ? referenceOfLeafNode(page, at) : { first: page.readUIntLE(at, 6), count: 1, isTreePage: true };
    if (reference !== undefined) yield reference;
  }
}

function referenceOfLeafNode(page: Buffer, at: number): Reference | undefined {
  const flags = page.readUInt16LE(at + NODE_FLAGS_AT);
  const data = at + NODE_HEADER_BYTES + page.readUInt16LE(at + NODE_KEY_BYTES_AT);
  if ((flags & HAS_OVERFLOW_PAGES) !== 0 && data + 8 <= page.length) {
    const count = Math.floor((PAGE_HEADER_BYTES - 1 + page.readUInt32LE(at)) / page.length) + 1;
    return { first: Number(page.readBigUInt64LE(data)), count, isTreePage: false };
  }
  if ((flags & IS_TREE) === 0 || data + TREE_ROOT_AT + 8 > page.length) return undefined;
  const root = page.readBigUInt64LE(data + TREE_ROOT_AT);
  return root === NO_PAGE ? undefined : { first: Number(root), count: 1, isTreePage: true };
}
