def norm(self, h: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], layer: int, training: bool) -> Tensor:
  n = str(layer)
  return torch.batch_norm(h, p[n + '_gamma'], p[n + '_beta'], s[n + '_mean'], s[n + '_var'], training, 0.1, 0.00001, False)

# Two convolutions, whether Lamina's network has them as two layers or as one.
def front(self, x: Tensor, p: Dict[str, Tensor]) -> Tensor:
  if '0_W' in p:
    return torch.conv2d(torch.conv2d(x, p['0_W'], p['0_b']), p['1_W'])
  return torch.conv2d(torch.conv2d(x, p['0_tW'], p['0_tb']), p['0_sW'])

def logits(self, x: Tensor, p: Dict[str, Tensor], s: Dict[str, Tensor], training: bool) -> Tensor:
  k = 1 if '0_W' in p else 0
  h = self.norm(self.front(x, p), p, s, 1 + k, training)
  h = torch.max_pool2d(torch.elu(h), [1, 3])
  for i in range(1, 4):
    h = torch.dropout(h, 0.5, training)
    h = torch.conv2d(h, p[str(4 * i + k) + '_W'])
    h = self.norm(h, p, s, 4 * i + 1 + k, training)
    h = torch.max_pool2d(torch.elu(h), [1, 3])
  d = str(15 + k)
  return torch.addmm(p[d + '_b'], torch.flatten(h, 1), p[d + '_W'])

def clipped(self, name: str, weight: Tensor, gradient: Tensor) -> Tensor:
  return gradient
