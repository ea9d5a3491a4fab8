/** The Markdown files of the project, as far as tests look into them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';

const inFolder = (folder: string): string[] =>
  readdirSync(folder)
    .map((name) => `${folder}/${name}`)
    .flatMap((path) => (statSync(path).isDirectory() ? inFolder(path) : path));

/** Every Markdown file that people read, by path from the root. */
export const pages: readonly string[] = [...readdirSync('.'), ...inFolder('docs')].filter((path) => path.endsWith('.md')).sort();

export const text = (page: string): string => readFileSync(page, 'utf8');

const FENCE = /^ *```(\w*)[^\n]*\n([\s\S]*?)^ *```$/gm;

export interface Block {
  language: string;
  content: string;
}

/** The fenced blocks of a page. */
export const blocks = (page: string): Block[] =>
  [...text(page).matchAll(FENCE)].map(([, language = '', content = '']) => ({ language, content }));

/** A page without its fenced blocks. */
export const prose = (page: string): string => text(page).replace(FENCE, '');

/** The anchors that GitHub gives to the headings of a page. */
export function anchors(page: string): string[] {
  const headings = [...prose(page).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** What stands in backticks, in prose. */
export const code = (content: string): string[] => [...content.matchAll(/`([^`\n]+)`/g)].map(([, inner = '']) => inner);
