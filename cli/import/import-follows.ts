/** `tidings import follows`: whom a person followed elsewhere, as far as they are here. */
import type { CliContext } from '../context.ts';
import { inChunks } from './chunks.ts';
import { csvRows, type CsvColumns } from './csv-rows.ts';
import type { ImportOptions } from './import-mastodon.ts';
import { personAs } from './person-as.ts';
import { createReport, type Report } from './report.ts';

const COLUMNS: CsvColumns<'address'> = { names: { address: ['account address', 'address', 'account', 'login name'] }, withoutHeader: ['address'] };

export type FollowsOptions = ImportOptions & {
  readonly as: string;
  /** Addresses of this server are login names here. */
  readonly localDomain?: string;
};
type FollowToImport = { readonly line: number; readonly loginName: string };

export async function importFollows(context: CliContext, file: string, { as, localDomain, dryRun = false, json = false }: FollowsOptions): Promise<void> {
  await using client = await context.connect();
  const person = await personAs(client, as);
  const report = createReport(context.terminal, { json, dryRun });
  const asked = new Map<number, string>();
  for await (const follows of inChunks(followsToImport(file, { as, localDomain }, report))) {
    for (const { line, loginName } of follows) asked.set(line, loginName);
    for await (const { line, ...outcome } of client.call('import-follows', { person, follows: [...follows], dryRun })) {
      if (outcome.outcome !== 'refused' || outcome.code !== 'person-unknown') await report.done(line, outcome);
      else await report.leaveOut(line, asked.get(line)?.includes('@') === true ? 'elsewhere' : 'nobody');
    }
    asked.clear();
    context.terminal.progress(`${report.count()} lines`);
  }
  await report.end();
}

async function* followsToImport(
  file: string,
  { as, localDomain }: { readonly as: string; readonly localDomain: string | undefined },
  report: Report,
): AsyncGenerator<FollowToImport, void> {
  const seen = new Set<string>();
  for await (const { line, cells } of csvRows(file, COLUMNS)) {
    const loginName = cells.address === undefined ? '' : loginNameOf(cells.address, localDomain);
    const compared = loginName.normalize('NFKC').toLowerCase();
    if (loginName === '') await report.leaveOut(line, 'no-address');
    else if (compared === loginNameOf(as, localDomain).normalize('NFKC').toLowerCase()) await report.leaveOut(line, 'oneself');
    else if (seen.has(compared)) await report.leaveOut(line, 'twice');
    else yield { line, loginName };
    seen.add(compared);
  }
}

/** `@bob`, and `bob@` our own domain, are `bob`. */
function loginNameOf(address: string, localDomain: string | undefined): string {
  const bare = address.trim().replace(/^@/, '');
  const ours = localDomain === undefined ? undefined : `@${localDomain.toLowerCase()}`;
  return ours !== undefined && bare.toLowerCase().endsWith(ours) ? bare.slice(0, -ours.length) : bare;
}
