/** `tidings import people`: accounts without passwords, and the claims with which their people choose one. */
import type { OperationRequest } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import { inChunks } from './chunks.ts';
import { openClaims, type ClaimOptions } from './claims.ts';
import { csvRows, type CsvColumns } from './csv-rows.ts';
import type { ImportOptions } from './import-mastodon.ts';
import { createReport, type Report } from './report.ts';

type Column = 'loginName' | 'name' | 'about' | 'timeZone' | 'language' | 'country';
const COLUMNS: CsvColumns<Column> = {
  names: {
    loginName: ['login name', 'login', 'username', 'user name'],
    name: ['name', 'full name', 'display name'],
    about: ['about', 'bio'],
    timeZone: ['time zone', 'timezone'],
    language: ['language', 'locale'],
    country: ['country'],
  },
};

export type PeopleOptions = ImportOptions & ClaimOptions;
type PersonToImport = OperationRequest<'import-people'>['people'][number];

export async function importPeople(context: CliContext, file: string, { claims, claimUrl, dryRun = false, json = false }: PeopleOptions): Promise<void> {
  const report = createReport(context.terminal, { json, dryRun });
  await using client = await context.connect();
  await using written = claims === undefined || dryRun ? undefined : await openClaims(claims, claimUrl);
  for await (const people of inChunks(peopleToImport(file, report))) {
    const loginNames = new Map(people.map(({ line, loginName }) => [line, loginName]));
    for await (const { line, person: _, claim, ...outcome } of client.call('import-people', { people: [...people], claims: written !== undefined, dryRun })) {
      await report.done(line, outcome);
      if (claim !== null) await written?.add(loginNames.get(line) ?? '', claim);
    }
    context.terminal.progress(`${report.count()} lines`);
  }
  await report.end();
}

async function* peopleToImport(file: string, report: Report): AsyncGenerator<PersonToImport, void> {
  for await (const { line, cells } of csvRows(file, COLUMNS)) {
    const { loginName, name, ...others } = cells;
    if (loginName === undefined) await report.leaveOut(line, 'no-login-name');
    else if (name === undefined) await report.leaveOut(line, 'no-name');
    else yield { line, loginName, name, ...others };
  }
}
