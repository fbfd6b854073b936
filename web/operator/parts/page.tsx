import type { ComponentChildren } from 'preact';

/** `end`: beside the title. */
export const Page = ({ title, end, children }: { readonly title: string; readonly end?: ComponentChildren; readonly children: ComponentChildren }) => (
  <>
    <div class="page-head">
      <h1 tabIndex={-1}>{title}</h1>
      {end}
    </div>
    {children}
  </>
);
