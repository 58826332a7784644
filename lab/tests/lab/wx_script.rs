//! The script that gives pages of an H5 build their `wx`.

use crate::support::{Client, frozen, run, settings};

#[test]
fn pages_find_their_wx_beside_the_control_api() {
    run(async {
        let origin = "http://192.168.1.7:5173";
        let client = Client::with(lab::Settings { allow_origins: vec![origin.to_owned()], ..settings(frozen()) });
        for path in ["/__admin/wx.js?appid=wx0123456789abcdef", "/__world/default/__admin/wx.js"] {
            let script = client.get_with(path, &[("origin", origin)]).await;
            assert_eq!((script.status(), script.header("access-control-allow-origin")), (200, origin), "{path}");
            assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
            assert!(script.0.body().windows(12).any(|text| text == b"window.wx = "), "{path}");
        }
        assert_eq!(client.get("/__admin/wx.js").await.header("access-control-allow-origin"), "");
    });
}
