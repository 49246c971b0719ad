# What PyTorch has no single function for.

def standardized(self, w: Tensor, gain: Tensor, axes: List[int]) -> Tensor:
  # elektronn3's formula; axes are those of one unit's weights.
  var, mean = torch.var_mean(w, axes, True, True)
  scale = torch.rsqrt(torch.clamp_min(var * w.numel(), 0.0001)) * torch.reshape(gain, var.size())
  return (w - mean) * scale

def instance_norm(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
  return torch.instance_norm(x, gamma, beta, None, None, True, 0.1, 0.00001, False)

def doubled(self, x: Tensor) -> Tensor:
  if x.dim() == 3:
    y = torch.upsample_linear1d(x, [2 * x.size(2)], True)
  else:
    y = torch.upsample_bilinear2d(x, [2 * x.size(2), 2 * x.size(3)], True)
  return y

def squeeze_excitation(self, x: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
  hidden = torch.relu(torch.addmm(b1, torch.mean(x, [2, 3]), W1))
  gate = torch.sigmoid(torch.addmm(b2, hidden, W2))
  return x * torch.reshape(gate, [x.size(0), x.size(1), 1, 1])

def local(self, x: Tensor, W: Tensor, b: Tensor) -> Tensor:
  # Filters of their own for each position: a product of matrices at each.
  patches = torch.im2col(x, [3, 3], [1, 1], [0, 0], [1, 1])
  y = torch.bmm(torch.permute(patches, [2, 0, 1]), torch.permute(W, [2, 1, 0]))
  y = torch.permute(y, [1, 2, 0]) + b
  return torch.reshape(y, [x.size(0), W.size(0), x.size(2) - 2, x.size(3) - 2])
