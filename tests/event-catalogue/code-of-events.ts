/** What the code says of an event type: which reactors and processes handle it, and which modules append it. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ts } from '@ts-morph/common';

export type Reader = { readonly name: string; readonly kind: 'projector' | 'reactor' | 'process'; readonly handles: readonly string[] };

/** Every object with a kind, a name and a list of what it handles. */
export function readersIn(program: ts.Program, files: readonly string[]): readonly Reader[] {
  const checker = program.getTypeChecker();
  const found: Reader[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const value = (name: string) => node.properties.filter(ts.isPropertyAssignment).find((property) => property.name.getText() === name)?.initializer;
      const [kind, name, handles] = [value('kind'), value('name'), value('handles')];
      if (kind !== undefined && name !== undefined && handles !== undefined) {
        const [kindOf] = literalsOf(checker.getTypeAtLocation(kind));
        const [nameOf] = literalsOf(checker.getTypeAtLocation(name));
        const items = checker.getIndexTypeOfType(checker.getTypeAtLocation(handles), ts.IndexKind.Number);
        if ((kindOf === 'reactor' || kindOf === 'process') && nameOf !== undefined && items !== undefined)
          found.push({ name: nameOf, kind: kindOf, handles: literalsOf(items) });
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source !== undefined) visit(source);
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const literalsOf = (type: ts.Type): readonly string[] => (type.isUnion() ? type.types : [type]).flatMap((one) => (one.isStringLiteral() ? [one.value] : []));

/** The modules that give commands to one of these deciders. Events without a decider are appended by what keeps the operations of Tidings. */
export function appendedBy(root: string, deciders: readonly string[]): readonly string[] {
  if (deciders.length === 0) return ['commands/append-operations.ts'];
  const called = new RegExp(`\\bhandle\\(\\s*(${deciders.flatMap((name) => [name, `${name}Decider`]).join('|')}),`);
  return sourcesOf(root).flatMap(({ path, text }) => (called.test(text) ? [path] : []));
}

const remembered = new Map<string, readonly { readonly path: string; readonly text: string }[]>();

function sourcesOf(root: string): readonly { readonly path: string; readonly text: string }[] {
  const known = remembered.get(root);
  if (known !== undefined) return known;
  const read = ['commands', 'workers', 'gateway'].flatMap((folder) => sourcesIn(root, folder));
  remembered.set(root, read);
  return read;
}

function sourcesIn(root: string, folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return sourcesIn(root, path);
    return name.endsWith('.ts') && !/test/.test(name) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}
