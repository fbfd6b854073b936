/** Who and what a text of Slack's names by ids. */
import type { PersonId } from '../../../domain/shared/ids.ts';

export type Names = {
  /** `person`: undefined where nobody of this id was imported; a name is there all the same. */
  person(id: string): { readonly person: PersonId | undefined; readonly name: string | undefined };
  /** The name of a channel. */
  channel(id: string): string | undefined;
};
