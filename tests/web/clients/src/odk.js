/* ODK Web Forms as an application would hold it: the page gives it a form and
 * its media, and keeps what it wants to send. */
import { createApp, h } from 'vue';
import { OdkWebForm, webFormsPlugin } from '@getodk/web-forms';

window.openForm = (formXml, media) => {
	const app = createApp({
		render: () =>
			h(OdkWebForm, {
				formXml,
				trackDevice: true,
				fetchFormAttachment: async (url) => {
					const name = String(url).split('/').pop();
					return name in media
						? new Response(media[name], { headers: { 'Content-Type': 'text/csv' } })
						: new Response('', { status: 404 });
				},
				onSubmit: async (payload) => {
					const xml = payload.data[0].get('xml_submission_file');
					window.sent = { status: payload.status, xml: await xml.text() };
				},
			}),
	});
	app.use(webFormsPlugin);
	app.mount('#form');
};
