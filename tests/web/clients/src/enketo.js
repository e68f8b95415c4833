import { Form } from 'enketo-core';
import fileManager from 'enketo/file-manager';
import { transform } from 'enketo-transformer/web';

/* The files that would be sent beside, as an application asks for them. */
window.filesOf = async () => {
	const out = [];
	for (const f of fileManager.getCurrentFiles()) {
		const bytes = new Uint8Array(await f.arrayBuffer());
		out.push({ name: f.name, type: f.type, base64: btoa([...bytes].map((b) => String.fromCharCode(b)).join('')) });
	}
	return out;
};

/* `instance`: a sheet that was sent, to be edited; undefined: a new one. */
window.openForm = async (xform, media, instance) => {
	const result = await transform({ xform });
	const box = document.querySelector('#form');
	box.innerHTML = result.form;
	const external = Object.entries(media).map(([name, text]) => ({
		id: name.replace(/\.csv$/, ''),
		xml: csvToXml(text),
	}));
	const form = new Form(box.querySelector('form'), { modelStr: result.model, external, ...(instance ? { instanceStr: instance, submitted: true } : {}) }, {});
	window.form = form;
	return form.init();
};

/* Rows of cells; quoted cells may hold commas and doubled quotes. */
function parseCsv(text) {
	return text.trim().split('\r\n').map((line) => {
		const cells = [];
		for (const m of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
			cells.push(m[1] === undefined ? m[2] : m[1].replaceAll('""', '"'));
		return cells;
	});
}

/* What Enketo's own server makes of a CSV file. */
function csvToXml(text) {
	const [names, ...rows] = parseCsv(text);
	const doc = document.implementation.createDocument(null, 'root');
	for (const row of rows) {
		const item = doc.createElement('item');
		names.forEach((name, i) => {
			const e = doc.createElement(name);
			e.textContent = row[i] ?? '';
			item.append(e);
		});
		doc.documentElement.append(item);
	}
	return doc;
}
