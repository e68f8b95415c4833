import { build } from 'esbuild';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const core = resolve(here, 'node_modules/enketo-core');
await build({
	absWorkingDir: here,
	entryPoints: ['src/odk.js', 'src/enketo.js'],
	outdir: process.argv[2],
	bundle: true,
	format: 'esm',
	external: ['libxslt'],
	logLevel: 'warning',
	loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.svg': 'dataurl', '.png': 'dataurl', '.ico': 'dataurl', '.ttf': 'dataurl', '.eot': 'dataurl' },
	alias: {
		'enketo/config': `${core}/config.js`,
		'enketo/widgets': `${core}/src/js/widgets.js`,
		'enketo/translator': `${core}/src/js/fake-translator.js`,
		'enketo/dialog': `${core}/src/js/fake-dialog.js`,
		'enketo/file-manager': `${core}/src/js/file-manager.js`,
		'enketo/xpath-evaluator-binding': `${core}/src/js/xpath-evaluator-binding.js`,
	},
});
