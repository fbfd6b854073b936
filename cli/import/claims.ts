/** The file that claims are written to, with which people who were imported choose a password. */
import { open, type FileHandle } from 'node:fs/promises';
import { CliFailure, EXIT } from '../failure.ts';

const OWNER_ONLY = 0o600;

export type ClaimOptions = {
  /** The file that the claims are written to. */
  readonly claims?: string;
  /** The page that takes a claim, which stands behind its `#`. */
  readonly claimUrl?: string;
};

export type Claims = AsyncDisposable & { add(loginName: string, claim: string): Promise<void> };

/** For its owner alone: whoever has a claim gets the account. */
export async function openClaims(path: string, claimUrl: string | undefined): Promise<Claims> {
  const file = await created(path);
  return {
    add: (loginName, claim) => file.appendFile(csvLine(loginName, claimUrl === undefined ? claim : `${claimUrl}#${claim}`)),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

async function created(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'w', OWNER_ONLY);
    await file.appendFile('login name,claim\n');
    return file;
  } catch (error) {
    throw new CliFailure(EXIT.usage, `${path} can’t be written: ${String(error)}`, { cause: error });
  }
}

const csvLine = (...cells: readonly string[]): string => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
