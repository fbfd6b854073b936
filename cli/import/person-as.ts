/** The person for whom something is imported, by the login name. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { ControlClient } from '../control-client.ts';
import { CliFailure, EXIT } from '../failure.ts';

export async function personAs(client: ControlClient, loginName: string): Promise<PersonId> {
  for await (const { person } of client.call('find-login', { loginName })) if (person !== null) return person;
  throw new CliFailure(EXIT.failed, `Nobody here has the login name ${loginName}.`);
}
