/** A person in a list, with what one does with them. */
import type { ComponentChildren } from 'preact';
import { Avatar } from '../parts/avatar.tsx';
import { Name } from '../parts/name.tsx';

export type Named = { readonly id: string; readonly name: string | null; readonly picture?: string };

export const PersonRow = ({ person, children }: { readonly person: Named; readonly children?: ComponentChildren }) => (
  <li class="person" data-anchor={person.id}>
    <Avatar person={person} />
    <a class="author" href={`/people/${person.id}`}>
      <Name of={person.name} />
    </a>
    {children !== undefined && <span class="person-actions">{children}</span>}
  </li>
);
