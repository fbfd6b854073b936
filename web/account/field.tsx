type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: 'name' | 'username' | 'new-password' | 'current-password' | 'one-time-code' | 'off';
  readonly minLength?: number;
  /** What stands in it at first. */
  readonly value?: string;
  /** Not words: a keyboard corrects nothing of it. */
  readonly plain?: boolean;
};

/** A required field with its label above it. */
export function Field({ name, label, hint, type = 'text', autocomplete, minLength, value, plain = false }: FieldProps) {
  const attributes = {
    id: name,
    name,
    autoComplete: autocomplete,
    required: true,
    ...(minLength === undefined ? {} : { minLength }),
    ...(value === undefined ? {} : { defaultValue: value }),
    ...(plain ? { autoCapitalize: 'none' as const, spellcheck: false } : {}),
    ...(hint === undefined ? {} : { 'aria-describedby': `${name}-hint` }),
  } as const;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {type === 'password' ? <input type="password" {...attributes} /> : <input type="text" {...attributes} />}
      {hint !== undefined && (
        <p id={`${name}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
