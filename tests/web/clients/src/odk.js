/* ODK Web Forms as an application would hold it: the page gives it a form and
 * its media, and keeps what it wants to send. */
import { createApp, h } from 'vue';
import { OdkWebForm, webFormsPlugin } from '@getodk/web-forms';

async function base64(blob) {
	return btoa([...new Uint8Array(await blob.arrayBuffer())].map((b) => String.fromCharCode(b)).join(''));
}

/* `instance`: a sheet that was sent, to be edited; undefined: a new one. */
window.openForm = (formXml, media, instance) => {
	const editInstance = instance && {
		resolveInstance: () => instance,
		attachmentFileNames: [],
		resolveAttachment: async () => new Response('', { status: 404 }),
	};
	const app = createApp({
		render: () =>
			h(OdkWebForm, {
				formXml,
				...(editInstance ? { editInstance } : {}),
				trackDevice: true,
				fetchFormAttachment: async (url) => {
					const name = String(url).split('/').pop();
					return name in media
						? new Response(media[name], { headers: { 'Content-Type': 'text/csv' } })
						: new Response('', { status: 404 });
				},
				onSubmit: async (payload) => {
					const xml = payload.data[0].get('xml_submission_file');
					const files = [];
					for (const [name, value] of payload.data[0].entries())
						if (name !== 'xml_submission_file')
							files.push({ name: value.name ?? name, type: value.type, base64: await base64(value) });
					window.sent = { status: payload.status, xml: await xml.text(), files };
				},
			}),
	});
	app.use(webFormsPlugin);
	app.mount('#form');
};
