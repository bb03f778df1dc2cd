import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Settings } from '../../src-shared/settings/settings.ts'
import { readTemplate, refusalOf, type Template } from './read-template.ts'

const FOLDER = fileURLToPath(new URL('../../resources/templates/', import.meta.url))
const BUILT_IN = 'built-in.yaml'

/** The templates that can be chosen, and the files that hold none, each with the reason. */
export interface TemplateShelf {
  templates: Template[]
  refused: { file: string; reason: string }[]
}

let known: Settings | null = null

/** The values of the lowest layer: all settings, for a client and an organisation that say nothing. */
export function builtIn(): Settings {
  known ??= Settings.parse(readTemplate(BUILT_IN, readFileSync(join(FOLDER, BUILT_IN), 'utf8'), null).settings)
  return known
}

/** The templates that come along. */
export function templates(): Template[] {
  return shelfOf(FOLDER).templates
}

/**
 * The templates that come along and those of a folder of the operator, by name. One of the same key takes the place of
 * what comes along. A file that cannot be taken is told, and spoils no other.
 */
export function readShelf(folder?: string): TemplateShelf {
  const ours = shelfOf(FOLDER)
  const theirs = folder ? shelfOf(folder) : { templates: [], refused: [] }
  const all = new Map([...ours.templates, ...theirs.templates].map((one) => [one.key, one]))
  return {
    templates: [...all.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
    refused: [...ours.refused, ...theirs.refused],
  }
}

function shelfOf(folder: string): TemplateShelf {
  const shelf: TemplateShelf = { templates: [], refused: [] }
  for (const file of readdirSync(folder).toSorted()) {
    if (!/\.ya?ml$/.test(file) || file === BUILT_IN) continue
    try {
      shelf.templates.push(readTemplate(file, readFileSync(join(folder, file), 'utf8'), builtIn()))
    } catch (error) {
      shelf.refused.push(refusalOf(error, file))
    }
  }
  return shelf
}
