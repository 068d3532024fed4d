"""The WeChat Official Account (公众号, 服务号): its pushes become turns, what is said is sent back to the phone."""
