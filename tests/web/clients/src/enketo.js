import { Form } from 'enketo-core';
import { transform } from 'enketo-transformer/web';

window.openForm = async (xform, media) => {
	const result = await transform({ xform });
	const box = document.querySelector('#form');
	box.innerHTML = result.form;
	const external = Object.entries(media).map(([name, text]) => ({
		id: name.replace(/\.csv$/, ''),
		xml: csvToXml(text),
	}));
	const form = new Form(box.querySelector('form'), { modelStr: result.model, external }, {});
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
