"""The smallest page there is, for comparison."""

import streamlit as st

st.title("Empty")
