"""From a picture to a material: height, normal, roughness, metallic, occlusion, base colour without light."""
